import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const splitToOne: Scenario = {
  title: "a version with weight 0 gets nothing",
  proves: ["TrafficPolicy.split", "TrafficPolicy.split.subset"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        {
          split: [
            { subset: { version: "v1" }, weight: 0 },
            { subset: { version: "v2" }, weight: 100 },
          ],
          headers: { response: { set: { "x-split": "0-100" } } },
        },
      ],
    }),
  ],
  inForce: (scene) => scene.marked("x-split", "0-100"),
  async check(scene) {
    const versions = (await scene.many(200)).map(({ headers }) => headers["x-version"]);
    expect(new Set(versions)).toEqual(new Set(["v2"]));
  },
};
