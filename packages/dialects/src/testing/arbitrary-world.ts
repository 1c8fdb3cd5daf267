import type { Fact } from "@heddle/api";
import { factKey, resourceKey } from "@heddle/api";
import type { Change } from "@heddle/core";
import fc from "fast-check";
import { extensionPolicies, machines } from "./arbitrary-extension.ts";
import { merged, optional } from "./arbitrary-fragments.ts";
import { changesOf, clusterFact, meshOf, resourceOf } from "./world-file.ts";

/** Small vocabularies, so that random edits meet each other often. */
const clusters = ["c1", "c2"];
const namespaces = ["shop", "lab"];
const names = ["reviews", "ratings", "details"];
const accounts = ["web", "batch"];

const namespace = fc.constantFrom(...namespaces);
const name = fc.constantFrom(...names);
const version = fc.constantFrom("v1", "v2");

const target = fc.oneof(
  merged(
    fc.record({ name, namespace }),
    optional(fc.constant([9080]), "ports"),
    optional(fc.constant(["c1"]), "clusters"),
  ),
  fc.record({ namespaces: fc.uniqueArray(namespace, { minLength: 1 }) }),
  fc.record({ labels: fc.record({ tier: fc.constantFrom("a", "b") }) }),
  merged(
    fc.record({ kind: fc.constantFrom("Mesh", "VirtualMesh", "Workspace") }),
    optional(fc.record({ region: fc.constantFrom("x", "y") }), "clusterLabels"),
  ),
  fc.record({ kind: fc.constant("Workload"), name: fc.constant("reviews-v1"), namespace }),
);
const targets = fc.array(target, { maxLength: 2 });
const external = fc.record({ kind: fc.constant("ExternalService"), name: fc.constantFrom("p1", "p2") });
const virtual = fc.record({
  kind: fc.constant("VirtualDestination"),
  name: fc.constantFrom("p1", "p2"),
});
const calledTargets = fc.array(
  fc.oneof(
    { arbitrary: target, weight: 4 },
    { arbitrary: external, weight: 1 },
    { arbitrary: virtual, weight: 1 },
  ),
  {
    maxLength: 2,
  },
);
const clientTargets = fc.array(
  fc.oneof(
    merged(
      fc.record({ kind: fc.constantFrom("Mesh", "VirtualMesh", "Workspace") }),
      optional(fc.record({ region: fc.constantFrom("x", "y") }), "clusterLabels"),
    ),
    fc.record({ kind: fc.constant("Workload"), name: fc.constant("reviews-v1"), namespace }),
  ),
  { maxLength: 2 },
);
const match = merged(
  optional(
    fc.oneof(fc.record({ prefix: fc.constantFrom("/", "/a") }), fc.record({ exact: fc.constant("/b") })),
    "path",
  ),
  optional(fc.constant(["GET"]), "methods"),
  optional(fc.constant([{ name: "x-user", value: { exact: "joe" } }]), "headers"),
);
const split = merged(
  optional(version, "version"),
  optional(fc.oneof(fc.record({ name, namespace }), external, virtual), "destination"),
  fc.record({ weight: fc.integer({ min: 1, max: 9 }) }),
);
const backend = merged(
  fc.record({ destination: fc.oneof(fc.record({ name, namespace }), external) }),
  optional(version, "version"),
);
const delegate = merged(
  fc.oneof(
    fc.record({ name: fc.constantFrom("p1", "p2", "p3") }),
    fc.record({ labels: fc.record({ part: fc.constantFrom("a", "b") }) }),
  ),
  optional(fc.constantFrom("default", "team"), "workspace"),
);
const backendSelector = merged(
  fc.oneof(
    fc.record({ name, namespace }),
    fc.record({ labels: fc.record({ tier: fc.constantFrom("a", "b") }) }),
    external,
  ),
  optional(fc.constant(["c1"]), "clusters"),
  optional(fc.constant(["istio-system"]), "meshes"),
);
const gatewayRefs = fc.uniqueArray(
  merged(
    fc.record({ name: fc.constantFrom("p1", "p2") }),
    optional(fc.constantFrom("default", "team"), "workspace"),
    optional(fc.constantFrom("http", "tls"), "listener"),
  ),
  { minLength: 1, maxLength: 2, selector: (ref) => JSON.stringify(ref) },
);
const knobs = merged(
  optional(fc.record({ request: fc.constantFrom("1s", "2s", "0s") }), "timeout"),
  optional(fc.oneof(fc.constant(false), fc.record({ attempts: fc.integer({ min: 0, max: 3 }) })), "retries"),
  optional(fc.constant({ delay: { duration: "1s" } }), "fault"),
  optional(fc.record({ requests: fc.constantFrom(5, 6), per: fc.constant("second") }), "rateLimit"),
);
const rule = merged(
  optional(fc.array(match, { minLength: 1, maxLength: 2 }), "match"),
  optional(fc.array(split, { minLength: 1, maxLength: 2 }), "split"),
  knobs,
);
const sources = fc.array(
  fc.oneof(
    fc.record({ namespaces: fc.uniqueArray(namespace, { minLength: 1 }) }),
    fc.record({ labels: fc.record({ app: name }) }),
  ),
  { minLength: 1, maxLength: 2 },
);

const specs: Readonly<Record<string, fc.Arbitrary<object>>> = {
  TrafficPolicy: merged(
    fc.record({ targets: calledTargets, rules: fc.array(rule, { maxLength: 2 }) }),
    optional(sources, "sources"),
    optional(knobs, "defaults"),
    optional(fc.constant("reject"), "onUnsupported"),
  ),
  AccessPolicy: merged(
    fc.record({ action: fc.constantFrom("ALLOW", "DENY"), targets }),
    optional(
      fc.array(
        fc.record({
          serviceAccounts: fc.uniqueArray(
            fc.tuple(namespace, fc.constantFrom(...accounts)).map((pair) => pair.join("/")),
            { minLength: 1 },
          ),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      "from",
    ),
    optional(
      fc.array(fc.record({ methods: fc.constant(["GET"]), ports: fc.constant([9080]) }), {
        minLength: 1,
        maxLength: 1,
      }),
      "to",
    ),
  ),
  AuthenticationPolicy: merged(
    fc.record({ targets, mtls: fc.record({ mode: fc.constantFrom("STRICT", "PERMISSIVE") }) }),
    optional(fc.constant([{ issuer: "https://id", jwks: { uri: "https://id/keys" } }]), "jwt"),
  ),
  ConnectionPolicy: merged(
    fc.record({ targets: calledTargets }),
    optional(sources, "sources"),
    optional(
      merged(
        optional(fc.constantFrom("random", "roundRobin"), "algorithm"),
        optional(fc.constant([{ sourceIp: true }]), "hash"),
      ),
      "loadBalancer",
    ),
    optional(
      fc.oneof(fc.constant(false), fc.record({ consecutiveErrors: fc.integer({ min: 1, max: 3 }) })),
      "outlierDetection",
    ),
    optional(fc.record({ mode: fc.constantFrom("mesh", "simple") }), "tls"),
  ),
  EgressPolicy: merged(
    fc.record({ targets: clientTargets }),
    optional(fc.constantFrom("allowAny", "registryOnly"), "outbound"),
    optional(
      fc.array(
        fc.oneof(
          fc.record({ namespaces: fc.uniqueArray(namespace, { minLength: 1 }) }),
          fc.record({ destination: fc.oneof(fc.record({ name, namespace }), external, virtual) }),
        ),
        { maxLength: 2 },
      ),
      "reachable",
    ),
  ),
  ExternalService: merged(
    fc.record({
      hosts: fc.uniqueArray(fc.constantFrom("a.example", "b.example"), { minLength: 1 }),
      ports: fc.constant([{ port: 443, protocol: "HTTPS" }]),
    }),
    optional(fc.record({ mode: fc.constant("simple") }), "tls"),
    optional(fc.constantFrom(["*"], ["team"]), "exportTo"),
  ),
  VirtualDestination: merged(
    fc.record({
      hosts: fc.uniqueArray(
        fc.constantFrom("a.example", "v.shop.svc.cluster.local", "details.lab.svc.cluster.local"),
        {
          minLength: 1,
        },
      ),
      ports: fc.constantFrom(
        [{ port: 80, protocol: "HTTP" }],
        [
          { port: 80, protocol: "HTTP" },
          { port: 9080, protocol: "TCP" },
        ],
      ),
      backends: fc.array(
        merged(
          fc.record({ selector: backendSelector }),
          optional(fc.constant(9080), "port"),
          fc.record({ weight: fc.integer({ min: 1, max: 3 }), priority: fc.integer({ min: 0, max: 1 }) }),
        ),
        { minLength: 1, maxLength: 3 },
      ),
      failover: fc.constant({ by: "priority" }),
    }),
    optional(fc.constantFrom(["*"], ["team"]), "exportTo"),
  ),
  Gateway: merged(
    fc.record({
      listeners: fc.constantFrom(
        [{ name: "http", port: 80, protocol: "HTTP", allowedWorkspaces: ["*"] }],
        [
          { name: "http", port: 80, protocol: "HTTP" },
          { name: "tls", port: 443, protocol: "TLS", tls: { mode: "Passthrough" } },
        ],
      ),
    }),
    optional(
      merged(
        optional(fc.record({ app: name }), "labels"),
        optional(fc.uniqueArray(namespace, { minLength: 1 }), "namespaces"),
        optional(fc.constant(["c1"]), "clusters"),
        optional(fc.constant(["istio-system"]), "meshes"),
      ),
      "selector",
    ),
  ),
  RouteTable: fc
    .record({
      atGateway: fc.boolean(),
      gateways: fc.oneof(
        { arbitrary: fc.constant([{ name: "p1", workspace: "default" }]), weight: 2 },
        { arbitrary: gatewayRefs, weight: 1 },
      ),
      hosts: fc.uniqueArray(fc.constantFrom("a.example", "b.example"), { minLength: 1 }),
      rules: fc.array(
        merged(
          optional(fc.array(match, { minLength: 1, maxLength: 2 }), "match"),
          fc.oneof(
            fc.record({ delegate: delegate }),
            merged(fc.record({ split: fc.array(backend, { minLength: 1, maxLength: 2 }) }), knobs),
          ),
        ),
        { minLength: 1, maxLength: 2 },
      ),
      order: fc.constantFrom(0, 1),
    })
    .map(({ atGateway, gateways, hosts, ...rest }) => ({ ...rest, ...(atGateway && { gateways, hosts }) })),
  ExtensionPolicy: extensionPolicies(targets, fc.oneof(fc.record({ name, namespace }), external)),
  ExternalWorkload: machines(namespace, fc.constantFrom(...clusters), fc.constantFrom(...accounts)),
  RawConfig: merged(
    fc.record({
      dialect: fc.constantFrom("istio", "linkerd"),
      manifest: fc
        .record({
          metadata: merged(
            fc.record({ name: fc.constantFrom("reviews", "own") }),
            optional(namespace, "namespace"),
          ),
          hosts: fc.constantFrom(["a.example"], ["b.example"]),
          version: fc.constantFrom("v1", "v1beta1"),
        })
        .map(({ metadata, hosts, version: api }) => ({
          apiVersion: `networking.istio.io/${api}`,
          kind: "VirtualService",
          metadata,
          spec: { hosts },
        })),
    }),
    optional(fc.constantFrom(">=1.30", "<2.16"), "meshVersions"),
    optional(fc.constant(["c1"]), "clusters"),
    optional(fc.record({ region: fc.constantFrom("x", "y") }), "clusterLabels"),
    optional(fc.constant(["istio-system"]), "meshes"),
  ),
  VirtualMesh: fc.record({
    members: fc
      .uniqueArray(fc.constantFrom("c1", "c2"), { minLength: 1 })
      .map((members) => members.map((cluster) => ({ cluster }))),
    trust: fc.constant({ mode: "federated" }),
    mtls: fc.constantFrom("strict", "permissive"),
    defaultAccess: fc.constantFrom("allow", "deny"),
  }),
};

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
  fc.constantFrom("istio 1.30.3", "istio 1.24.0", "linkerd 2.18.0", "linkerd 2.15.0").map(meshOf),
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
