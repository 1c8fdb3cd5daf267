import type { Fact } from "@heddle/api";

/** Facts of a cluster with Istio and the service `shop/reviews` in two versions. */
export const shopFacts: readonly Fact[] = [
  {
    kind: "Mesh",
    name: "istio-system",
    dialect: "istio",
    version: "1.30.3",
    namespace: "istio-system",
    trustDomain: "cluster.local",
    clusterDomain: "cluster.local",
    apis: ["networking.istio.io/v1", "security.istio.io/v1", "telemetry.istio.io/v1"],
    settings: {},
  },
  { kind: "Namespace", name: "shop", labels: {} },
  {
    kind: "Destination",
    namespace: "shop",
    name: "reviews",
    labels: { app: "reviews" },
    selector: { app: "reviews" },
    ports: [{ name: "http", port: 9080, targetPort: 9080, protocol: "TCP" }],
    headless: false,
  },
  ...["v1", "v2"].map(
    (version): Fact => ({
      kind: "Workload",
      workloadKind: "Deployment",
      namespace: "shop",
      name: `reviews-${version}`,
      labels: { app: "reviews", version },
      serviceAccount: "reviews",
      mesh: "istio-system",
      ports: [{ port: 9080 }],
      pods: { total: 1, ready: 1, meshed: 1 },
    }),
  ),
];

/** A canary on `shop/reviews`: so much of its traffic goes to v1. */
export function canary(weight: number, name = "canary", metadata: object = {}): object {
  return {
    apiVersion: "heddle.io/v1alpha1",
    kind: "TrafficPolicy",
    metadata: { name, ...metadata },
    spec: {
      targets: [{ kind: "Service", name: "reviews", namespace: "shop" }],
      rules: [
        {
          split: [
            { version: "v1", weight },
            { version: "v2", weight: 100 - weight },
          ],
        },
      ],
    },
  };
}

export function manifest(kind: string, name: string, spec: object): object {
  return { apiVersion: "heddle.io/v1alpha1", kind, metadata: { name }, spec };
}

export const apply = `mutation($manifests: [JSON!]!, $dryRun: Boolean) { apply(manifests: $manifests, dryRun: $dryRun) {
  revision written outcomes { key outcome resourceVersion } findings { code severity path index } } }`;

export interface Applied {
  readonly apply: {
    readonly revision: number | null;
    readonly written: boolean;
    readonly outcomes: readonly {
      readonly key: string;
      readonly outcome: string;
      readonly resourceVersion: string | null;
    }[];
    readonly findings: readonly {
      readonly code: string;
      readonly severity: string;
      readonly path: string;
      readonly index: number;
    }[];
  };
}
