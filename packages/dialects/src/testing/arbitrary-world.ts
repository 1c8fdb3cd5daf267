import type { Fact } from "@heddle/api";
import { factKey, resourceKey } from "@heddle/api";
import type { Change } from "@heddle/core";
import fc from "fast-check";
import { accounts, clusters, name, namespace, specs, version } from "./arbitrary-resources.ts";
import { changesOf, clusterFact, meshOf, resourceOf } from "./world-file.ts";

const workspaceChange: fc.Arbitrary<Change> = fc
  .record({
    name: fc.constantFrom("default", "team"),
    owned: namespace,
    team: fc.option(fc.constantFrom("x", "y"), { nil: undefined }),
    present: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ name: workspace, owned, team, present }): Change => {
    const spec = {
      ...(team === "y" && { defaultAccess: "deny" }),
      owns: [team === undefined ? { namespaces: [owned] } : { namespaceLabels: { team } }],
      exports: [{ workspaces: ["*"] }],
      imports: [{ workspace: "*" }],
    };
    const resource = resourceOf({ kind: "Workspace", name: workspace, spec }, 0);
    return { kind: "resource", key: resourceKey(resource), resource: present === 0 ? undefined : resource };
  });

const changeOf = (kind: string): fc.Arbitrary<Change> =>
  fc
    .record({
      name: fc.constantFrom("p1", "p2", "p3"),
      workspace: fc.constantFrom("default", "team"),
      part: fc.constantFrom("a", "b"),
      generation: fc.integer({ min: 1, max: 4 }),
      spec: fc.option(specs[kind] ?? fc.constant({}), { nil: undefined, freq: 5 }),
    })
    .map((edit): Change => {
      const key = resourceKey({ kind, metadata: { workspace: edit.workspace, name: edit.name } });
      const resource =
        edit.spec === undefined
          ? undefined
          : resourceOf(
              {
                kind,
                name: edit.name,
                workspace: edit.workspace,
                labels: { part: edit.part },
                spec: edit.spec,
              },
              Number(edit.name.slice(1)),
              edit.generation,
            );
      return { kind: "resource", key, resource };
    });

const resourceChange = fc.constantFrom(...Object.keys(specs)).chain(changeOf);

/** A provider of logs, and one of spans that leads to a Service which may be there. */
const meshConfig = {
  extensionProviders: [
    { name: "a", envoyFileAccessLog: { path: "/dev/stdout" } },
    { name: "spans", zipkin: { service: "reviews.shop.svc.cluster.local", port: 9411 } },
  ],
};

const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc
    .record({
      namespace,
      name,
      tier: fc.constantFrom("a", "b"),
      app: name,
      port: fc.constantFrom(80, 9080),
      only: fc.option(version, { nil: undefined }),
    })
    .map(
      ({ namespace: ns, name: service, tier, app, port, only }): Fact => ({
        kind: "Destination",
        namespace: ns,
        name: service,
        labels: { tier },
        selector: { app, ...(only && { version: only }) },
        ports: [{ name: "http", port, targetPort: "http", protocol: "TCP" }],
        headless: false,
      }),
    ),
  fc
    .record({
      namespace,
      name,
      version,
      mesh: fc.constantFrom("istio-system", "linkerd", undefined),
      account: fc.constantFrom(...accounts),
      port: fc.constantFrom(8080, 9080),
    })
    .map(
      ({ namespace: ns, name: app, version: v, mesh, account, port }): Fact => ({
        kind: "Workload",
        workloadKind: "Deployment",
        namespace: ns,
        name: `${app}-${v}`,
        labels: { app, version: v },
        serviceAccount: account,
        ...(mesh && { mesh }),
        ports: [{ name: "http", port }],
        pods: { total: 1, ready: 1, meshed: 1 },
      }),
    ),
  fc
    .record({ name: namespace, team: fc.constantFrom("x", "y") })
    .map(({ name: ns, team }): Fact => ({ kind: "Namespace", name: ns, labels: { team } })),
  fc.record({ namespace, name, role: fc.constantFrom("ingress", "egress") }).map(
    ({ role, ...named }): Fact => ({
      kind: "GatewayEndpoint",
      ...named,
      role,
      labels: {},
      addresses: [],
      ports: [],
    }),
  ),
  fc
    .constantFrom("istio 1.30.3", "istio 1.24.0", "linkerd 2.18.0", "linkerd 2.15.0")
    .map((text) => meshOf(text, meshConfig)),
);

const inventoryChange: fc.Arbitrary<Change> = fc
  .record({
    cluster: fc.constantFrom(...clusters),
    full: fc.boolean(),
    upserts: fc.uniqueArray(fact, { maxLength: 8, selector: factKey }),
    deletes: fc.array(fact.map(factKey), { maxLength: 2 }),
  })
  .map(({ cluster, full, upserts, deletes }) => ({
    kind: "inventory",
    cluster,
    delta: { full, upserts, deletes },
  }));

const clusterChange: fc.Arbitrary<Change> = fc
  .record({
    name: fc.constantFrom(...clusters),
    region: fc.constantFrom("x", "y"),
    network: fc.option(fc.constantFrom("n1", "n2"), { nil: undefined }),
    present: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ name: cluster, region, network, present }) => ({
    kind: "cluster",
    name: cluster,
    cluster: present === 0 ? undefined : clusterFact(cluster, { region }, network),
  }));

/** A batch of edits of anything. */
export const edits: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    { arbitrary: resourceChange, weight: 4 },
    { arbitrary: inventoryChange, weight: 3 },
    { arbitrary: clusterChange, weight: 1 },
    { arbitrary: workspaceChange, weight: 1 },
  ),
  { minLength: 1, maxLength: 5 },
);

/** A batch of edits of names that stand for others, across clusters that come and go together. */
export const virtualEdits: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    { arbitrary: changeOf("VirtualDestination"), weight: 5 },
    { arbitrary: changeOf("TrafficPolicy"), weight: 2 },
    {
      arbitrary: fc.constantFrom("VirtualMesh", "ExternalService", "EgressPolicy").chain(changeOf),
      weight: 2,
    },
    { arbitrary: inventoryChange, weight: 3 },
    { arbitrary: clusterChange, weight: 1 },
    { arbitrary: workspaceChange, weight: 1 },
  ),
  { minLength: 1, maxLength: 8 },
);

/** A batch of edits of what comes in at gateways, and of workspaces. */
export const gatewayEdits: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    { arbitrary: changeOf("Gateway"), weight: 2 },
    { arbitrary: changeOf("RouteTable"), weight: 6 },
    { arbitrary: inventoryChange, weight: 1 },
    { arbitrary: workspaceChange, weight: 1 },
  ),
  { minLength: 1, maxLength: 8 },
);

export const initialClusters: readonly Change[] = clusters.map((cluster) => ({
  kind: "cluster",
  name: cluster,
  cluster: clusterFact(cluster, { region: "x" }),
}));

/** Clusters with a gateway each, to which a Gateway and a table in use are bound. */
export const initialGateways: readonly Change[] = changesOf(`
clusters:
  c1: { mesh: istio 1.30.3, gateways: { shop/reviews: {} }, services: { shop/ratings: {} } }
  c2: { mesh: istio 1.30.3, gateways: { lab/reviews: {} }, services: { lab/details: {} } }
resources:
  - { kind: Gateway, name: p1, spec: { listeners: [{ name: http, port: 80, protocol: HTTP, allowedWorkspaces: ["*"] }] } }
  - { kind: RouteTable, name: root, spec: { gateways: [{ name: p1 }], hosts: [a.example], rules: [{ delegate: { name: p1 } }, { delegate: { labels: { part: a }, workspace: team } }] } }
`);
