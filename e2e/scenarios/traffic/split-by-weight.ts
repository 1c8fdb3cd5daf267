import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";
import { expectShare } from "../share.ts";

export const splitByWeight: Scenario = {
  title: "requests are split 90 to 10 between two versions",
  proves: ["TrafficPolicy.split", "TrafficPolicy.split.version"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        {
          split: [
            { version: "v1", weight: 90 },
            { version: "v2", weight: 10 },
          ],
          headers: { response: { set: { "x-split": "90-10" } } },
        },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.one()).headers["x-split"] === "90-10",
  async check(scene) {
    const answers = await scene.many(500);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expectShare(answers.filter(({ headers }) => headers["x-version"] === "v2").length, answers.length, 10);
  },
};
