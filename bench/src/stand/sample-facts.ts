import type { Fact } from "@heddle/api";

const perNamespace = 50;

export const istio: Fact = {
  kind: "Mesh",
  name: "istio-system",
  dialect: "istio",
  version: "1.30.3",
  revision: "default",
  namespace: "istio-system",
  trustDomain: "cluster.local",
  clusterDomain: "cluster.local",
  apis: ["networking.istio.io/v1", "security.istio.io/v1"],
  settings: { rootNamespace: "istio-system" },
};

/** A small cluster: one mesh, one service. */
export const oneService: readonly Fact[] = [
  istio,
  { kind: "Namespace", name: "shop", labels: {} },
  {
    kind: "Destination",
    namespace: "shop",
    name: "reviews",
    labels: {},
    selector: { app: "reviews" },
    ports: [{ name: "http", port: 9080, protocol: "TCP" }],
    headless: false,
  },
];

/** One mesh and this many services in two versions each, 50 services a namespace. */
export function services(count: number): Fact[] {
  const namespaces = Array.from(
    { length: Math.ceil(count / perNamespace) },
    (_, index): Fact => ({ kind: "Namespace", name: `ns-${index}`, labels: {} }),
  );
  return [
    istio,
    ...namespaces,
    ...Array.from({ length: count }, (_, index) => [destination(index), ...workloads(index)]).flat(),
  ];
}

export function service(index: number): { readonly namespace: string; readonly name: string } {
  return { namespace: `ns-${Math.floor(index / perNamespace)}`, name: `service-${index}` };
}

function destination(index: number): Fact {
  const { namespace, name } = service(index);
  return {
    kind: "Destination",
    namespace,
    name,
    labels: { app: name },
    selector: { app: name },
    ports: [{ name: "http", port: 80, targetPort: 8080, protocol: "TCP" }],
    headless: false,
  };
}

/** Both versions of a service, with this many of their ten pods ready. */
export function workloads(index: number, ready = 10): Fact[] {
  const { namespace, name } = service(index);
  return ["v1", "v2"].map((version) => ({
    kind: "Workload",
    workloadKind: "Deployment",
    namespace,
    name: `${name}-${version}`,
    labels: { app: name, version },
    serviceAccount: name,
    mesh: "istio-system",
    ports: [{ name: "http", port: 8080 }],
    pods: { total: 10, ready, meshed: ready },
  }));
}
