import type { PodSpec, ServiceSpec } from "./pod-spec.ts";

const pod = (spec: Pick<PodSpec, "name" | "namespace" | "app"> & Partial<PodSpec>): PodSpec => ({
  serviceAccount: spec.app,
  version: "v1",
  ports: [8080],
  sidecar: true,
  ...spec,
});

/** The application of the test mesh: two versions of `web`, clients in two namespaces and one outside of the mesh, a gateway. */
export const pods: readonly PodSpec[] = [
  pod({ name: "web-v1", namespace: "shop", app: "web" }),
  pod({ name: "web-v2", namespace: "shop", app: "web", version: "v2" }),
  pod({ name: "vault", namespace: "safe", app: "vault", ports: [8080, 8081] }),
  pod({ name: "front", namespace: "shop", app: "front", labels: { tier: "edge" } }),
  pod({ name: "back", namespace: "office", app: "back", labels: { tier: "inner" } }),
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
    name: "stranger",
    namespace: "office",
    app: "stranger",
    version: "outside",
    tlsPorts: [8443],
    sidecar: false,
  }),
];

export const services: readonly ServiceSpec[] = [
  { name: "web", namespace: "shop", selector: { app: "web" }, ports: { 8080: 8080 } },
  { name: "vault", namespace: "safe", selector: { app: "vault" }, ports: { 8080: 8080, 8081: 8081 } },
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
];
