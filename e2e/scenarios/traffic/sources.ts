import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

const marked = (mark: string) => ({ headers: { response: { set: { "x-mark": mark } } } });

export const sources: Scenario = {
  title: "a policy concerns clients of one namespace, or with a label, and no others",
  proves: ["TrafficPolicy.sources.namespaces", "TrafficPolicy.sources.labels"],
  wishes: (target) => [
    traffic({ targets: [target], sources: [{ namespaces: ["office"] }], defaults: marked("office") }),
    traffic({ targets: [target], sources: [{ labels: { tier: "edge" } }], defaults: marked("edge") }),
  ],
  inForce: async (scene) =>
    (await scene.marked("x-mark", "office", { from: "back" })) &&
    (await scene.marked("x-mark", "edge", { from: "front" })),
  async check(scene) {
    expect((await scene.one({ from: "web-v1" })).headers).not.toHaveProperty("x-mark");
  },
};
