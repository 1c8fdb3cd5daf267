import { expect } from "vitest";
import { egress, type Scenario } from "../scenario.ts";

const outside = { pod: "stranger", headers: { host: "nowhere.example" } };

export const registryOnly: Scenario = {
  title: "one client cannot call what no mesh knows, others can",
  proves: ["EgressPolicy.outbound"],
  wishes: () => [
    egress({ targets: [{ kind: "Workload", name: "back", namespace: "office" }], outbound: "registryOnly" }),
  ],
  inForce: async (scene) => (await scene.status({ ...outside, from: "back" })) === 502,
  async check(scene) {
    expect(await scene.status({ ...outside, from: "front" })).toBe(200);
    expect(await scene.status({ from: "back" })).toBe(200);
  },
};
