import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";
import { expectShare } from "../share.ts";

export const faultAbort: Scenario = {
  title: "a share of the requests fails on purpose; `false` spares a rule",
  proves: ["TrafficPolicy.fault"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        { match: [{ path: { exact: "/all" } }], fault: { abort: { httpStatus: 418 } } },
        { match: [{ path: { exact: "/spared" } }], fault: false },
      ],
      defaults: { fault: { abort: { httpStatus: 555, percent: 30 } } },
    }),
  ],
  inForce: async (scene) => (await scene.status({ path: "/all" })) === 418,
  async check(scene) {
    const statuses = (await scene.many(200)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 555]));
    expectShare(statuses.filter((status) => status === 555).length, statuses.length, 30);
    expect((await scene.many(50, { path: "/spared" })).every(({ status }) => status === 200)).toBe(true);
  },
};
