import { expect } from "vitest";
import { runningWith } from "../proxy-config.ts";
import { connection, type Scenario } from "../scenario.ts";

export const ringSize: Scenario = {
  title: "a client's proxy says that its ring of hashes is as large as the policy says",
  proves: ["ConnectionPolicy.loadBalancer.ringSize.min"],
  wishes: (target) => [
    connection({
      targets: [target],
      loadBalancer: { algorithm: "ringHash", hash: [{ header: "x-user" }], ringSize: { min: 4321 } },
    }),
  ],
  inForce: async (scene) => (await runningWith(scene))?.ring_hash_lb_config !== undefined,
  async check(scene) {
    expect(await runningWith(scene)).toMatchObject({ ring_hash_lb_config: { minimum_ring_size: "4321" } });
  },
};
