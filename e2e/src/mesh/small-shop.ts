import type { Workloads } from "./mesh.ts";
import type { PodSpec, ServiceSpec } from "./pod/pod-spec.ts";

/**
 * The application of a mesh over several clusters, the same in each: two versions of `web`, a client, and one outside of the mesh. Its
 * answers name the cluster.
 */
export function smallShop(cluster: string, network?: string): Workloads {
  const pod = (spec: Pick<PodSpec, "name" | "app"> & Partial<PodSpec>): PodSpec => ({
    namespace: "shop",
    serviceAccount: spec.app,
    version: "v1",
    ports: [8080],
    sidecar: true,
    cluster,
    ...(network && { network }),
    ...spec,
  });
  const web: ServiceSpec = {
    name: "web",
    namespace: "shop",
    selector: { app: "web" },
    ports: { 8080: 8080 },
  };
  return {
    pods: [
      pod({ name: "web-v1", app: "web" }),
      pod({ name: "web-v2", app: "web", version: "v2" }),
      pod({ name: "front", app: "front" }),
      pod({ name: "stranger", app: "stranger", sidecar: false }),
    ],
    services: [web],
  };
}
