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
        retries: { attempts: 3, on: ["5xx"], backoff: "1s" },
        headers: { response: { set: { "x-backoff": "1s" } } },
      },
    }),
  ],
  inForce: (scene) => scene.marked("x-backoff", "1s"),
  async check(scene) {
    const app = { failures: 100, status: 500 };
    const meanOf = async (path: string) => {
      const answers = await scene.many(10, {
        path,
        app,
        parallel: 10,
        tag: scene.newTag(),
        timeoutMs: 20_000,
      });
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([500]));
      return answers.reduce((sum, { ms }) => sum + ms, 0) / answers.length;
    };
    // Longer by 5500 ms with a standard deviation of 700; a busy machine slows down both.
    expect((await meanOf("/")) - (await meanOf("/quick"))).toBeGreaterThan(2_000);
  },
};
