import type { PodSpec, ServiceSpec } from "./pod/pod-spec.ts";

const pod = (spec: Pick<PodSpec, "name" | "namespace" | "app"> & Partial<PodSpec>): PodSpec => ({
  serviceAccount: spec.app,
  version: "v1",
  ports: [8080],
  sidecar: true,
  ...spec,
});

/**
 * The application of the test mesh: two versions of `web` in two regions, clients in two namespaces and one outside of the mesh, a
 * gateway, machines and the gateway of another network, and one with what proxies extend themselves by.
 */
export const pods: readonly PodSpec[] = [
  pod({ name: "web-v1", namespace: "shop", app: "web", zone: "eu/one" }),
  pod({ name: "web-v2", namespace: "shop", app: "web", version: "v2", zone: "us/two" }),
  pod({ name: "vault", namespace: "safe", app: "vault", ports: [8080, 8081] }),
  pod({ name: "front", namespace: "shop", app: "front", labels: { tier: "edge" }, zone: "eu/one" }),
  pod({ name: "back", namespace: "office", app: "back", labels: { tier: "inner" }, zone: "us/two" }),
  pod({ name: "aside", namespace: "office", app: "aside", labels: { tier: "edge" } }),
  pod({
    name: "entrance",
    namespace: "edge",
    app: "entrance",
    labels: { istio: "ingressgateway" },
    ports: [],
    gateway: true,
  }),
  pod({
    name: "exit",
    namespace: "edge",
    app: "exit",
    labels: { istio: "egressgateway" },
    ports: [],
    gateway: true,
  }),
  pod({
    name: "collector",
    namespace: "observe",
    app: "collector",
    ports: [9411, 8126],
    collects: [4317, 4319, 9000, 11800],
    sidecar: false,
  }),
  pod({
    name: "stranger",
    namespace: "office",
    app: "stranger",
    version: "outside",
    tlsPorts: [8443],
    trustedTlsPorts: [8444],
    proxyPorts: [8090],
    sidecar: false,
  }),
  pod({ name: "machine", namespace: "shop", app: "machine", version: "metal", machine: true }),
  pod({ name: "bare", namespace: "shop", app: "bare", version: "bare", machine: true, sidecar: false }),
  pod({
    name: "crossing",
    namespace: "edge",
    app: "crossing",
    ports: [],
    gateway: true,
    network: "far",
  }),
  pod({
    name: "scanner",
    namespace: "office",
    app: "scanner",
    version: "scanner",
    ports: [],
    limiterPorts: [9010],
    processorPorts: [9001, 9002, 9003, 9004],
    modulePorts: [9100],
    sidecar: false,
  }),
];

export const services: readonly ServiceSpec[] = [
  { name: "web", namespace: "shop", selector: { app: "web" }, ports: { 8080: 8080 } },
  { name: "vault", namespace: "safe", selector: { app: "vault" }, ports: { 8080: 8080, 8081: 8081 } },
  {
    name: "collector",
    namespace: "observe",
    selector: { app: "collector" },
    ports: { 9411: 9411, 8126: 8126, 4317: 4317, 4319: 4319, 9000: 9000, 11800: 11800 },
    protocols: { 4317: "grpc", 4319: "grpc", 9000: "grpc", 11800: "grpc" },
  },
  {
    name: "entrance",
    namespace: "edge",
    selector: { istio: "ingressgateway" },
    ports: { 80: 8088, 81: 8089, 443: 8443, 9000: 9000 },
    protocols: { 443: "tls", 9000: "tcp" },
  },
  {
    name: "stranger",
    namespace: "office",
    selector: { app: "stranger" },
    ports: { 8443: 8443 },
    protocols: { 8443: "tls" },
  },
  {
    name: "exit",
    namespace: "edge",
    selector: { istio: "egressgateway" },
    ports: { 80: 8088, 443: 8443 },
    protocols: { 443: "tls" },
  },
  {
    name: "crossing",
    namespace: "edge",
    selector: { app: "crossing" },
    ports: { 15443: 15443 },
    protocols: { 15443: "tls" },
    gatewayOf: "far",
  },
  {
    name: "limiter",
    namespace: "office",
    selector: { app: "scanner" },
    ports: { 9000: 9010 },
    protocols: { 9000: "grpc" },
  },
  ...[1, 2, 3, 4].map((number) => ({
    name: `scanner-${number}`,
    namespace: "office",
    selector: { app: "scanner" },
    ports: { 9000: 9000 + number },
    protocols: { 9000: "grpc" },
  })),
];
