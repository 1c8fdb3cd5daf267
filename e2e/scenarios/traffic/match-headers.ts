import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

const when = (status: number, ...headers: object[]) => ({ match: [{ headers }], directResponse: { status } });

export const matchHeaders: Scenario = {
  title: "headers match exactly, by prefix, by expression, by presence and by absence, and all must",
  proves: ["TrafficPolicy.match.headers"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        when(211, { name: "X-Exact", value: { exact: "yes" } }),
        when(212, { name: "x-prefix", value: { prefix: "pre" } }),
        when(213, { name: "x-regex", value: { regex: "[0-9]+" } }),
        when(214, { name: "x-present", value: { present: true } }),
        when(215, { name: "x-a", value: { exact: "1" } }, { name: "x-b", value: { exact: "2" } }),
        when(
          216,
          { name: "x-lonely", value: { exact: "1" } },
          { name: "x-company", value: { present: false } },
        ),
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status({ headers: { "x-exact": "yes" } })) === 211,
  async check(scene) {
    const cases: [Record<string, string>, number][] = [
      [{}, 200],
      [{ "x-exact": "yes" }, 211],
      [{ "x-exact": "yes!" }, 200],
      [{ "x-prefix": "prefix" }, 212],
      [{ "x-prefix": "a pre" }, 200],
      [{ "x-regex": "42" }, 213],
      [{ "x-regex": "42a" }, 200],
      [{ "x-present": "whatever" }, 214],
      [{ "x-a": "1" }, 200],
      [{ "x-a": "1", "x-b": "2" }, 215],
      [{ "x-lonely": "1" }, 216],
      [{ "x-lonely": "1", "x-company": "2" }, 200],
    ];
    for (const [headers, status] of cases)
      expect([headers, await scene.status({ headers })]).toEqual([headers, status]);
  },
};
