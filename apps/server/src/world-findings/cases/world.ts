import { type ClusterFact, type Fact, parseManifests, type Resource, resourceKey } from "@heddle/api";
import { Engine } from "@heddle/core";
import { dialects } from "@heddle/dialects";

const mesh: Fact = {
  kind: "Mesh",
  name: "istio-system",
  dialect: "istio",
  version: "1.30.3",
  namespace: "istio-system",
  trustDomain: "cluster.local",
  clusterDomain: "cluster.local",
  apis: ["networking.istio.io/v1", "security.istio.io/v1"],
  settings: {},
};

/** A Service and the workload behind it, which runs as a service account of the same name. */
function service(namespace: string, name: string, ports: readonly { name: string; port: number }[]): Fact[] {
  return [
    {
      kind: "Destination",
      namespace,
      name,
      labels: { app: name },
      selector: { app: name },
      ports: ports.map((port) => ({ ...port, protocol: "TCP" })),
      headless: false,
    },
    {
      kind: "Workload",
      workloadKind: "Deployment",
      namespace,
      name: `${name}-v1`,
      labels: { app: name, version: "v1" },
      serviceAccount: name,
      mesh: "istio-system",
      ports: [],
      pods: { total: 1, ready: 1, meshed: 1 },
    },
  ];
}

const namespace = (name: string, labels: Record<string, string> = {}): Fact => ({
  kind: "Namespace",
  name,
  labels,
});
const reviews = service("shop", "reviews", [
  { name: "http", port: 9080 },
  { name: "admin", port: 15000 },
]);

/** By cluster; `plain` has no mesh, `unheard` is enrolled and has not told of anything yet. */
const inventory: Readonly<Record<string, { labels: Record<string, string>; facts: readonly Fact[] }>> = {
  "eu-1": {
    labels: { tier: "production" },
    facts: [
      mesh,
      namespace("shop", { team: "web" }),
      namespace("bank"),
      ...reviews,
      ...service("shop", "ratings", [{ name: "http", port: 8080 }]),
      ...service("bank", "ledger", [{ name: "grpc", port: 443 }]),
    ],
  },
  "us-1": {
    labels: { tier: "staging" },
    facts: [mesh, namespace("shop"), namespace("sandbox"), ...reviews],
  },
  plain: {
    labels: {},
    facts: [
      namespace("legacy"),
      ...service("legacy", "mainframe", []).filter(({ kind }) => kind !== "Workload"),
    ],
  },
  unheard: { labels: { tier: "new" }, facts: [] },
};

/** Registered, and its agent was never there. */
const resources = `
{ kind: Cluster, metadata: { name: ap-1 }, spec: { labels: { tier: edge } } }
---
{ kind: Workspace, metadata: { name: web }, spec: { owns: [{ namespaces: [shop] }], exports: [{ workspaces: [pay], resources: [{ name: ratings }] }] } }
---
{ kind: Workspace, metadata: { name: pay }, spec: { owns: [{ namespaces: [bank] }], imports: [{ workspace: web }] } }
---
{ kind: Role, metadata: { name: developer }, spec: { rules: [{ verbs: [get], kinds: ["*"], workspaces: [web] }] } }
---
{ kind: TrustAnchor, metadata: { name: root }, spec: { source: generated } }
---
{ kind: VirtualMesh, metadata: { name: everything }, spec: { members: [{ cluster: eu-1 }], trust: { anchor: root } } }
---
{ kind: ExternalService, metadata: { name: stripe }, spec: { hosts: [api.stripe.com], ports: [{ name: https, port: 443 }] } }
---
{ kind: ExternalService, metadata: { name: swift, workspace: pay }, spec: { hosts: [swift.example], ports: [{ port: 443 }], exportTo: [web] } }
---
{ kind: VirtualDestination, metadata: { name: search, workspace: web }, spec: { hosts: [search.mesh], ports: [{ port: 80 }], backends: [{ selector: { name: reviews, namespace: shop } }] } }
---
{ kind: Gateway, metadata: { name: public }, spec: { listeners: [{ name: http, port: 80, protocol: HTTP, allowedWorkspaces: [web] }] } }
---
{ kind: RouteTable, metadata: { name: checkout }, spec: { rules: [{ directResponse: { status: 404 } }] } }
---
{ kind: ExternalWorkload, metadata: { name: till }, spec: { namespace: shop, addresses: [10.0.0.1], ports: [{ port: 80 }], identity: { serviceAccount: till }, cluster: eu-1, labels: { app: till } } }
`;

/** The world that all cases are about; with `reported: false` before any cluster has told of itself, with `more` resources than usual. */
export function caseEngine(reported: boolean, more: readonly Resource[] = []): Engine {
  const engine = new Engine(dialects);
  for (const [name, { labels, facts }] of Object.entries(reported ? inventory : {})) {
    const cluster: ClusterFact = { name, uid: name, labels, paused: false };
    engine.apply([
      { kind: "cluster", name, cluster },
      { kind: "inventory", cluster: name, delta: { full: true, upserts: facts, deletes: [] } },
    ]);
  }
  for (const [index, resource] of [...storedResources(resources), ...more].entries())
    engine.apply([{ kind: "resource", key: resourceKey(resource), resource: stamped(resource, index) }]);
  return engine;
}

export function storedResources(text: string): readonly Resource[] {
  const { manifests, findings } = parseManifests([{ file: "world.yaml", text: withApiVersion(text) }]);
  const [error] = findings.filter(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(`${error.path}: ${error.reason}`);
  return manifests as readonly unknown[] as readonly Resource[];
}

function stamped(resource: Resource, index: number): Resource {
  const creationTimestamp = `2026-01-01T00:00:${String(index).padStart(2, "0")}Z`;
  return { ...resource, metadata: { ...resource.metadata, creationTimestamp } } as Resource;
}

/** Cases leave out what is the same in all. */
export function withApiVersion(text: string): string {
  return text.replace(/^\{ kind:/gm, "{ apiVersion: heddle.io/v1alpha1, kind:");
}
