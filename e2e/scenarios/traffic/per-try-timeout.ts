import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const perTryTimeout: Scenario = {
  title: "every try has its own limit",
  proves: ["TrafficPolicy.retries"],
  wishes: (target) => [
    traffic({
      targets: [target],
      defaults: {
        retries: { attempts: 2, perTryTimeout: "200ms", on: ["5xx", "reset"], backoff: "10ms" },
        headers: { response: { set: { "x-try": "200ms" } } },
      },
    }),
  ],
  inForce: (scene) => scene.marked("x-try", "200ms"),
  async check(scene) {
    const tag = scene.newTag();
    const { status, ms } = await scene.one({ app: { delayMs: 2_000 }, tag });
    expect(status).toBe(504);
    expect(await scene.seen(tag)).toHaveLength(3);
    expect(ms).toBeGreaterThanOrEqual(590);
    expect(ms).toBeLessThan(1_900);
  },
};
