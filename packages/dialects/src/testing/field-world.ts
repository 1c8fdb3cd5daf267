import type { KindName } from "@heddle/api";
import type { Vocabulary } from "./arbitrary-spec.ts";

/** Mesh of the world that fields are looked at in, by dialect. */
export const worlds = { istio: "istio 1.30.3", linkerd: "linkerd 2.20.0" } as const;

/** A world in which every kind has something to say; with a Server, so that Linkerd can limit rates. */
export const world = (mesh: string, kind: string) => `
clusters:
  east:
    mesh: ${mesh}
    labels: { region: a }
    gateways: { istio-ingress/gateway: {} }
    network: a
    meshConfig:
      defaultProviders: { accessLogging: [envoy], tracing: [spans], metrics: [prometheus] }
      extensionProviders:
        - { name: spans, zipkin: { service: ratings.shop.svc.cluster.local, port: 9080 } }
        - { name: others, zipkin: { service: reviews.shop.svc.cluster.local, port: 9080 } }
        - { name: admin, zipkin: { service: reviews.shop.svc.cluster.local, port: 9090 } }
    services:
      shop/reviews: { versions: [v1, v2], ports: [{ name: http, port: 9080 }, { name: admin, port: 9090 }] }
      shop/ratings: { ports: [9080] }
      shop/processor: { ports: [{ name: grpc, port: 9000 }] }
      shop/others: { ports: [{ name: grpc, port: 9001 }] }
      checkout/cart: {}
resources:
  - { kind: AuthenticationPolicy, name: base, spec: { targets: [{ name: ${kind === "TrafficPolicy" ? "ratings" : "reviews"}, namespace: shop }], mtls: { mode: STRICT } } }
  - { kind: ExternalService, name: partner, spec: { hosts: [partner.example], ports: [{ port: 443, protocol: TLS }] } }
${kind === "RouteTable" ? atGateways : ""}
${kind === "ExternalService" || kind === "VirtualDestination" ? team : ""}
`;

/** With a second workspace it matters what is exported. */
const team = "  - { kind: Workspace, name: team, spec: { owns: [{ namespaces: [checkout] }] } }";

/** Two listeners to be bound to, tables to delegate to, and one that delegates here. */
const atGateways = `
  - { kind: RouteTable, name: root, spec: { gateways: [{ name: entrance }], hosts: [root.example], rules: [{ delegate: { labels: { part: a } } }] } }
  - { kind: Gateway, name: entrance, spec: { listeners: [{ name: http, port: 80, protocol: HTTP }, { name: tls, port: 443, protocol: TLS, tls: { mode: Passthrough } }] } }
  - { kind: RouteTable, name: first, labels: { part: a }, spec: { order: 5, rules: [{ split: [{ destination: { name: reviews, namespace: shop }, port: 9080 }] }] } }
  - { kind: RouteTable, name: second, labels: { part: b }, spec: { rules: [{ split: [{ destination: { name: ratings, namespace: shop } }] }] } }
`;

const service = { kind: "Service", name: "ratings", namespace: "shop" };
/** Values that mean something in that world, by kind. */
export const vocabulary: Readonly<Partial<Record<KindName, Vocabulary>>> = {
  TrafficPolicy: traffic(),
  ConnectionPolicy: traffic(),
  AccessPolicy: [
    ["targets", [[service]]],
    ["identities", ["spiffe://cluster.local/ns/shop/sa/web", "spiffe://cluster.local/ns/lab/sa/web"]],
    ["serviceAccounts", ["shop/web", "lab/web"]],
    ["namespaces", ["shop", "lab"]],
    ["ipBlocks", ["10.0.0.0/8", "192.168.0.1"]],
    ["ports", [9080, 9090]],
    ["paths", ["/a", "/b*", "*c", "*"]],
  ],
  AuthenticationPolicy: [
    ["targets", [[service]]],
    ["jwt.jwks.uri", ["https://id.example/keys", "https://id.example/others"]],
    ["jwt.jwks.inline", ['{"keys":[]}', '{"keys":[{"kty":"RSA"}]}']],
    ["mtls.ports", ["STRICT", "PERMISSIVE"]],
    ["external.service", [service]],
  ],
  EgressPolicy: [
    [
      "targets",
      [
        [{ kind: "Workload", name: "cart-v1", namespace: "checkout" }],
        [{ kind: "Workspace" }],
        [{ kind: "Mesh" }],
      ],
    ],
    ["reachable.destination", [service, { kind: "ExternalService", name: "partner" }]],
  ],
  Gateway: [
    ["selector.labels", [{ istio: "ingressgateway" }], [{ istio: "other" }]],
    ["selector.namespaces", ["istio-ingress"], ["shop"]],
    ["selector.clusters", ["east"], ["west"]],
    ["selector.clusterLabels", [{ region: "a" }]],
    ["selector.meshes", ["istio-system", "linkerd"], ["other"]],
    ["role", ["ingress"], ["egress"]],
    ["namespace", ["istio-ingress"]],
  ],
  VirtualDestination: [
    [
      "hosts",
      [["v.example"], ["v.shop.svc.cluster.local"], ["v.example", "v.shop.svc.cluster.local"]],
      [["w.example"], ["w.shop.svc.cluster.local"]],
    ],
    [
      "backends",
      [
        [{ selector: service }],
        [
          { selector: { kind: "Service", labels: { app: "reviews" } }, port: 9090, weight: 2 },
          { selector: service },
        ],
        [{ selector: { kind: "ExternalService", name: "partner" } }, { selector: service, weight: 3 }],
      ],
      [[{ selector: { ...service, name: "reviews" }, weight: 5 }]],
    ],
    ["exportTo", ["*", "team"]],
  ],
  TelemetryPolicy: [
    [
      "targets",
      [[service], [{ kind: "Workload", name: "cart-v1", namespace: "checkout" }], [{ kind: "Mesh" }]],
    ],
    ["accessLogs.providers.name", ["envoy"], ["prometheus"]],
    ["metrics.providers.name", ["prometheus"], ["envoy"]],
    ["tracing.provider.type", ["zipkin", "jaeger"], ["otel"]],
    ["tracing.provider.service", [service], [{ ...service, name: "reviews" }]],
    ["tracing.provider.host", ["ratings.shop.svc.cluster.local"], ["reviews.shop.svc.cluster.local"]],
    ["tracing.provider.port", [9080], [9090]],
  ],
  RouteTable: [
    ...traffic(),
    ["gateways", [[{ name: "entrance" }], [{ name: "entrance", listener: "http" }], undefined]],
    ["hosts", [["shop.example"], undefined]],
    ["delegate", [{ name: "second" }, { labels: { part: "b" } }], [{ name: "first" }]],
    ["workspace", ["default"]],
    ["order", [0, 1], [50]],
  ],
  ExternalService: [
    ["endpoints.address", ["10.0.0.1", "10.0.0.2", "d.example"]],
    ["addresses", ["10.1.0.0/16", "10.1.2.3"]],
    ["exportTo", ["*", "team"]],
  ],
  ExternalWorkload: [
    ["namespace", ["shop"], ["checkout"]],
    ["addresses", [["10.0.0.1"], ["10.0.0.1", "fd00::1"], ["vm.example"]]],
    ["identity.spiffeId", ["spiffe://cluster.local/ns/shop/sa/vm", "spiffe://elsewhere/ns/shop/sa/vm"]],
    ["cluster", ["east"], ["west"]],
    ["network", ["a"], ["b"]],
  ],
  ExtensionPolicy: [
    [
      "targets",
      [[service], [{ kind: "Workload", name: "cart-v1", namespace: "checkout" }], [{ kind: "Mesh" }]],
    ],
    ["wasm.url", ["oci://modules.example/a", "https://modules.example/b"]],
    ["wasm.sha256", ["a".repeat(64), "b".repeat(64)]],
    ["wasm.pullSecretRef.namespace", ["shop", "checkout"]],
    ["wasm.config", [{ mode: "a" }, { mode: "b" }]],
    ["service", ["processor", "others"].map((name) => ({ kind: "Service", name, namespace: "shop" }))],
    ["ports", [[9080], [9080, 9090]]],
  ],
};

function traffic(): Vocabulary {
  return [
    ["targets", [[service]]],
    ["sources.namespaces", ["checkout", "lab"]],
    ["sources.clusters", ["east"], ["west"]],
    ["sources.meshes", ["istio-system", "linkerd"], ["other"]],
    ["sources.clusterLabels", [{ region: "a" }]],
    [
      "destination",
      [
        { kind: "Service", name: "reviews", namespace: "shop" },
        { kind: "ExternalService", name: "partner" },
      ],
    ],
    ["match.port", [9080], [9081]],
    ["port", [9080, 9090]],
  ];
}
