import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";
import { alternates } from "./round-robin.ts";

export const connectionClusters: Scenario = {
  title: "settings concern clients of some clusters and meshes",
  proves: [
    "ConnectionPolicy.sources.clusters",
    "ConnectionPolicy.sources.clusterLabels",
    "ConnectionPolicy.sources.meshes",
  ],
  wishes: (target) => [
    connection({
      targets: [target],
      sources: [{ clusters: ["mesh"], meshes: ["istio-system"] }],
      loadBalancer: { algorithm: "roundRobin" },
    }),
    connection({
      targets: [target],
      sources: [{ clusterLabels: { region: "nowhere" } }],
      tls: { mode: "disable" },
    }),
  ],
  inForce: (scene) => alternates(scene, 20),
  async check(scene) {
    expect((await scene.received()).headers).toHaveProperty("x-forwarded-client-cert");
  },
};
