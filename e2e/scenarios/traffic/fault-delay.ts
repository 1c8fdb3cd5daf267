import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";
import { expectShare } from "../share.ts";

export const faultDelay: Scenario = {
  title: "a share of the requests is held back",
  proves: ["TrafficPolicy.fault"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        {
          match: [{ path: { exact: "/all" } }],
          fault: { delay: { duration: "400ms" } },
        },
      ],
      defaults: {
        fault: { delay: { duration: "400ms", percent: 50 } },
        headers: { response: { set: { "x-delay": "50" } } },
      },
    }),
  ],
  inForce: (scene) => scene.marked("x-delay", "50"),
  async check(scene) {
    const answers = await scene.many(100);
    expectShare(answers.filter(({ ms }) => ms >= 390).length, answers.length, 50);
    expect((await scene.many(10, { path: "/all" })).every(({ ms }) => ms >= 390)).toBe(true);
  },
};
