import { expect } from "vitest";
import { runningWith } from "../proxy-config.ts";
import { connection, type Scenario } from "../scenario.ts";

export const warmup: Scenario = {
  title: "a client's proxy says that it goes easy on new endpoints for as long as the policy says",
  proves: ["ConnectionPolicy.loadBalancer.warmup"],
  wishes: (target) => [
    connection({
      targets: [target],
      loadBalancer: {
        algorithm: "roundRobin",
        warmup: { duration: "90s", minimumPercent: 30, aggression: 2 },
      },
    }),
  ],
  inForce: async (scene) => (await runningWith(scene))?.round_robin_lb_config !== undefined,
  async check(scene) {
    expect(await runningWith(scene)).toMatchObject({
      round_robin_lb_config: {
        slow_start_config: {
          slow_start_window: "90s",
          aggression: { default_value: 2 },
          min_weight_percent: { value: 30 },
        },
      },
    });
  },
};
