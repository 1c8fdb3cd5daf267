import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const merged: Scenario = {
  title: "two policies about one service: blocks in their order, unset fields from the other's defaults",
  proves: ["TrafficPolicy.split", "TrafficPolicy.headers", "TrafficPolicy.timeout.request"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [{ match: [{ path: { prefix: "/beta" } }], split: [{ version: "v2" }] }],
      defaults: { headers: { response: { set: { "x-first": "1" } } } },
    }),
    traffic({
      targets: [target],
      rules: [
        { match: [{ path: { prefix: "/beta/old" } }], split: [{ version: "v1" }] },
        { match: [{ path: { prefix: "/stable" } }], split: [{ version: "v1" }] },
      ],
      defaults: { timeout: { request: "3s" } },
    }),
  ],
  inForce: async (scene) =>
    (await scene.marked("x-first", "1")) && (await scene.status({ app: { delayMs: 6_000 } })) === 504,
  async check(scene) {
    for (const [path, version] of [
      ["/beta", "v2"],
      ["/beta/old", "v2"],
      ["/stable", "v1"],
    ] as const) {
      const answers = await scene.many(10, { path });
      expect(answers.map(({ headers }) => `${headers["x-version"]} ${headers["x-first"]}`)).toEqual(
        answers.map(() => `${version} 1`),
      );
      expect(await scene.status({ path, app: { delayMs: 6_000 } })).toBe(504);
    }
  },
};
