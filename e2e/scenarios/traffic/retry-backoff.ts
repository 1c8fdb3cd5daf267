import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const retryBackoff: Scenario = {
  title:
    "tries are as far apart as the backoff says: at random, up to it, up to three times it, up to seven times it",
  proves: ["TrafficPolicy.retries.backoff"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        { match: [{ path: { prefix: "/quick" } }], retries: { attempts: 3, on: ["5xx"], backoff: "1ms" } },
      ],
      defaults: {
        retries: { attempts: 3, on: ["5xx"], backoff: "300ms" },
        headers: { response: { set: { "x-backoff": "300ms" } } },
      },
    }),
  ],
  inForce: (scene) => scene.marked("x-backoff", "300ms"),
  async check(scene) {
    const app = { failures: 100, status: 500 };
    const meanOf = async (path: string) => {
      const answers = await scene.many(20, {
        path,
        app,
        parallel: 20,
        tag: scene.newTag(),
        timeoutMs: 10_000,
      });
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([500]));
      return answers.reduce((sum, { ms }) => sum + ms, 0) / answers.length;
    };
    // Longer by 1645 ms with a standard deviation of 153; a busy machine slows down both.
    const [slow = 0, quick = 0] = await Promise.all(["/", "/quick"].map(meanOf));
    expect(slow - quick).toBeGreaterThan(800);
  },
};
