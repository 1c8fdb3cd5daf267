import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const retries: Scenario = {
  title: "failed requests are tried again as often as said, on what is said, and never where turned off",
  proves: ["TrafficPolicy.retries"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        { match: [{ path: { prefix: "/never" } }], retries: false },
        {
          match: [{ path: { prefix: "/only-429" } }],
          retries: { attempts: 2, on: [429], backoff: "10ms" },
        },
      ],
      defaults: {
        retries: { attempts: 3, on: ["5xx"], backoff: "10ms" },
        headers: { response: { set: { "x-retries": "3" } } },
      },
    }),
  ],
  inForce: (scene) => scene.marked("x-retries", "3"),
  async check(scene) {
    const tries = async (path: string, app: { failures: number; status?: number }) => {
      const tag = scene.newTag();
      const status = await scene.status({ path, app, tag });
      return { status, tries: (await scene.seen(tag)).length };
    };
    // The applications count alone: with two versions, a request that fails in one may succeed in the other. So fail always, or never.
    expect(await tries("/", { failures: 100, status: 500 })).toEqual({ status: 500, tries: 4 });
    expect(await tries("/", { failures: 0 })).toEqual({ status: 200, tries: 1 });
    expect(await tries("/never", { failures: 100, status: 503 })).toEqual({ status: 503, tries: 1 });
    expect(await tries("/only-429", { failures: 100, status: 429 })).toEqual({ status: 429, tries: 3 });
    expect(await tries("/only-429", { failures: 100, status: 503 })).toEqual({ status: 503, tries: 1 });
  },
};
