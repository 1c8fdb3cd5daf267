import { expect } from "vitest";
import { egress, type Scenario } from "../scenario.ts";

const web = { pod: "web-v1", headers: { host: "web.shop:8080" } };

export const reachable: Scenario = {
  title: "a client's proxy knows the services it is told about, and no others",
  proves: ["EgressPolicy.reachable.namespaces", "EgressPolicy.outbound"],
  wishes: (target) => [
    egress({
      targets: [{ kind: "Workload", name: "back", namespace: "office" }],
      outbound: "registryOnly",
      reachable: [{ namespaces: [target.namespace] }],
    }),
  ],
  inForce: async (scene) => (await scene.status({ ...web, from: "back" })) === 502,
  async check(scene) {
    expect(await scene.status({ from: "back" })).toBe(200);
    expect(await scene.status({ ...web, from: "front" })).toBe(200);
  },
};
