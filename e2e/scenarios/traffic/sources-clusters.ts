import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

const marked = (header: string) => ({ headers: { response: { set: { [header]: "yes" } } } });

export const sourcesClusters: Scenario = {
  title: "a policy concerns clients of some clusters and meshes",
  proves: [
    "TrafficPolicy.sources.clusters",
    "TrafficPolicy.sources.clusterLabels",
    "TrafficPolicy.sources.meshes",
  ],
  wishes: (target) => [
    traffic({
      targets: [target],
      sources: [{ clusters: ["mesh"], meshes: ["istio-system"] }],
      defaults: marked("x-here"),
    }),
    traffic({
      targets: [target],
      sources: [{ clusterLabels: { region: "nowhere" } }],
      defaults: { ...marked("x-there"), timeout: { request: "100ms" } },
    }),
  ],
  inForce: (scene) => scene.marked("x-here", "yes"),
  async check(scene) {
    const { status, headers } = await scene.one({ app: { delayMs: 300 } });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty("x-there");
  },
};
