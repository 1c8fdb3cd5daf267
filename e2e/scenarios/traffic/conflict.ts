import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

const saying = (text: string, more: object = {}) => ({
  defaults: { headers: { response: { set: { "x-says": text } } }, ...more },
});

export const conflict: Scenario = {
  title:
    "of two policies of one rank that set a field differently the one accepted first holds, and the rest of the other",
  proves: ["TrafficPolicy.headers", "TrafficPolicy.fault"],
  wishes: (target) => [
    traffic({ targets: [target], ...saying("first") }),
    traffic({
      targets: [target],
      ...saying("second", { fault: { delay: { duration: "300ms", percent: 100 } } }),
    }),
  ],
  inForce: async (scene) => (await scene.marked("x-says", "first")) && (await scene.one()).ms >= 300,
  async check(scene) {
    const answers = await scene.many(20);
    expect(new Set(answers.map(({ headers }) => headers["x-says"]))).toEqual(new Set(["first"]));
    expect(answers.filter(({ ms }) => ms < 300)).toEqual([]);
  },
};
