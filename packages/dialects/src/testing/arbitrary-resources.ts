import fc from "fast-check";
import { extensionPolicies, machines } from "./arbitrary-extension.ts";
import { merged, optional } from "./arbitrary-fragments.ts";
import { telemetryPolicies } from "./arbitrary-telemetry.ts";

/** Small vocabularies, so that random edits meet each other often. */
export const clusters = ["c1", "c2"];
const namespaces = ["shop", "lab"];
const names = ["reviews", "ratings", "details"];
export const accounts = ["web", "batch"];

export const namespace = fc.constantFrom(...namespaces);
export const name = fc.constantFrom(...names);
export const version = fc.constantFrom("v1", "v2");

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

/** Specs that an author could apply, by kind. */
export const specs: Readonly<Record<string, fc.Arbitrary<object>>> = {
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
    optional(fc.record({ service: fc.record({ name, namespace }) }), "external"),
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
    optional(fc.record({ gateway: fc.constantFrom("p1", "p2") }), "viaEgressGateway"),
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
    optional(fc.constant("egress"), "role"),
    fc.record({
      listeners: fc.constantFrom(
        [{ name: "http", port: 80, protocol: "HTTP", allowedWorkspaces: ["*"] }],
        [
          { name: "http", port: 80, protocol: "HTTP" },
          { name: "tls", port: 443, protocol: "TLS", tls: { mode: "Passthrough" } },
        ],
        [
          { name: "http", port: 80, protocol: "HTTP", hosts: ["a.example"] },
          { name: "tcp", port: 9000, protocol: "TCP", allowedWorkspaces: ["*"] },
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
  TelemetryPolicy: telemetryPolicies(targets, fc.oneof(fc.record({ name, namespace }), external)),
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
