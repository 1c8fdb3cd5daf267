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
  inForce: (scene) => scene.marked("x-split", "90-10"),
  async check(scene) {
    const answers = await scene.many(500);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expectShare(answers.filter(({ headers }) => headers["x-version"] === "v2").length, answers.length, 10);
  },
};
