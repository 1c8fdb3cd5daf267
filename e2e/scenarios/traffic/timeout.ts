import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const timeout: Scenario = {
  title: "a request that takes too long is given up, and 0s takes the limit away again",
  proves: ["TrafficPolicy.timeout.request"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [{ match: [{ path: { prefix: "/patient" } }], timeout: { request: "0s" } }],
      defaults: { timeout: { request: "300ms" } },
    }),
  ],
  inForce: async (scene) => (await scene.status({ app: { delayMs: 600 } })) === 504,
  async check(scene) {
    const { status, ms } = await scene.one({ app: { delayMs: 3_000 } });
    expect(status).toBe(504);
    expect(ms).toBeGreaterThanOrEqual(290);
    expect(ms).toBeLessThan(2_000);
    expect(await scene.status({ path: "/patient", app: { delayMs: 600 } })).toBe(200);
    expect(await scene.status()).toBe(200);
  },
};
