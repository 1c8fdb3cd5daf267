import { expect } from "vitest";
import { runningWith } from "../proxy-config.ts";
import { connection, type Scenario } from "../scenario.ts";

export const tableSize: Scenario = {
  title: "a client's proxy says that its table of hashes is as large as the policy says",
  proves: ["ConnectionPolicy.loadBalancer.algorithm", "ConnectionPolicy.loadBalancer.tableSize"],
  wishes: (target) => [
    connection({
      targets: [target],
      loadBalancer: { algorithm: "maglev", hash: [{ header: "x-user" }], tableSize: 211 },
    }),
  ],
  inForce: async (scene) => (await runningWith(scene))?.maglev_lb_config !== undefined,
  async check(scene) {
    expect(await runningWith(scene)).toMatchObject({ maglev_lb_config: { table_size: "211" } });
  },
};
