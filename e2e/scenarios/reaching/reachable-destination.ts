import { expect } from "vitest";
import { egress, type Scenario } from "../scenario.ts";

const web = { pod: "web-v1", headers: { host: "web.shop:8080" } };

export const reachableDestination: Scenario = {
  title: "a client's proxy knows one service, or one host, and no others",
  proves: ["EgressPolicy.reachable.destination", "EgressPolicy.reachable.hosts"],
  wishes: (target) => [
    egress({
      targets: [{ kind: "Workload", name: "back", namespace: "office" }],
      outbound: "registryOnly",
      reachable: [{ destination: target }],
    }),
    egress({
      targets: [{ kind: "Workload", name: "front", namespace: "shop" }],
      outbound: "registryOnly",
      reachable: [{ hosts: ["web.shop.svc.cluster.local"] }],
    }),
  ],
  inForce: async (scene) =>
    (await scene.status({ ...web, from: "back" })) === 502 && (await scene.status({ from: "front" })) === 502,
  async check(scene) {
    expect(await scene.status({ from: "back" })).toBe(200);
    expect(await scene.status({ ...web, from: "front" })).toBe(200);
  },
};
