import type { Fact, KindName, Resource } from "@heddle/api";
import type { Change } from "@heddle/core";
import { service, services } from "../stand/sample-facts.ts";

/** A fleet of equal Istio clusters with this many services each, two versions a service, 50 services a namespace. */
export function fleet(clusters: number, count: number): Change[] {
  return Array.from({ length: clusters }, (_, index) => `cluster-${index}`).flatMap((name): Change[] => [
    { kind: "cluster", name, cluster: { name, uid: `uid-${name}`, labels: { region: "r" }, paused: false } },
    { kind: "inventory", cluster: name, delta: { full: true, upserts: services(count), deletes: [] } },
  ]);
}

/** A canary and an access policy for every service. */
export function policies(count: number): Change[] {
  return Array.from({ length: count }, (_, index) => [canary(index, 90), access(index)]).flat();
}

export function canary(index: number, weight: number): Change {
  return resource("TrafficPolicy", `canary-${index}`, {
    targets: [{ kind: "Service", ...service(index) }],
    rules: [
      {
        split: [
          { version: "v1", weight },
          { version: "v2", weight: 100 - weight },
        ],
      },
    ],
    defaults: { timeout: { request: "3s" } },
    onUnsupported: "warn",
  });
}

function access(index: number): Change {
  const { namespace } = service(index);
  return resource("AccessPolicy", `access-${index}`, {
    action: "ALLOW",
    targets: [{ kind: "Service", ...service(index) }],
    from: [{ serviceAccounts: [`${namespace}/web`] }],
    onUnsupported: "reject",
  });
}

/** A gateway in the first cluster, and a route table at it for each service, with a host of its own. */
export function tables(count: number): Change[] {
  const gateway: Fact = {
    kind: "Workload",
    workloadKind: "Deployment",
    namespace: "edge",
    name: "gateway",
    labels: { istio: "ingressgateway" },
    serviceAccount: "gateway",
    mesh: "istio-system",
    ports: [{ port: 8080 }],
    pods: { total: 1, ready: 1, meshed: 1 },
  };
  return [
    { kind: "inventory", cluster: "cluster-0", delta: { full: false, upserts: [gateway], deletes: [] } },
    resource("Gateway", "entrance", {
      role: "ingress",
      selector: { labels: gateway.labels },
      listeners: [{ name: "http", port: 80, protocol: "HTTP" }],
    }),
    ...Array.from({ length: count }, (_, index) => table(index, 1)),
  ];
}

export function table(index: number, seconds: number): Change {
  return resource("RouteTable", `table-${index}`, {
    gateways: [{ name: "entrance" }],
    hosts: [`host-${index}.example`],
    rules: [
      {
        split: [{ destination: { kind: "Service", ...service(index) }, weight: 1 }],
        timeout: { request: `${seconds}s` },
      },
    ],
    order: 0,
  });
}

function resource(kind: KindName, name: string, spec: object): Change {
  const metadata = {
    name,
    workspace: "default",
    labels: {},
    annotations: {},
    uid: name,
    generation: 1,
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  return {
    kind: "resource",
    key: `${kind}/default/${name}`,
    resource: { apiVersion: "heddle.io/v1alpha1", kind, metadata, spec } as Resource,
  };
}
