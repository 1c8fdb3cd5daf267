import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const rateLimit: Scenario = {
  title: "as many requests of members pass as the limit says, whoever sends them, and none more",
  proves: ["TrafficPolicy.rateLimit"],
  wishes: (target) => [
    traffic({
      targets: [{ ...target, ports: [8080] }],
      rules: [{ rateLimit: { requests: 5, per: "hour", burst: 20 } }],
    }),
  ],
  inForce: async (scene) => (await scene.many(21)).some(({ status }) => status === 429),
  async check(scene) {
    expect(await scene.status({ from: "back" })).toBe(429);
    // Without mTLS they come through another filter chain, which counts for itself.
    expect(await scene.status({ from: "stranger", pod: "vault" })).toBe(200);
    const others = await scene.many(30, { port: 8081 });
    expect(others.filter(({ status }) => status === 200)).toHaveLength(30);
  },
};
