import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

const when = (status: number, value: object) => ({
  match: [{ query: [{ name: "q", value }] }],
  directResponse: { status },
});

export const matchQuery: Scenario = {
  title: "query parameters match exactly, by prefix, by expression and by presence",
  proves: ["TrafficPolicy.match.query"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        when(211, { exact: "yes" }),
        when(212, { prefix: "pre" }),
        when(213, { regex: "[0-9]+" }),
        when(214, { present: true }),
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status({ path: "/?q=yes" })) === 211,
  async check(scene) {
    const statuses: Record<string, number> = {};
    for (const query of ["q=yes", "q=prefix", "q=42", "q=other", "q=", "other=yes", "a=1&q=yes"])
      statuses[query] = await scene.status({ path: `/?${query}` });
    expect(statuses).toEqual({
      "q=yes": 211,
      "q=prefix": 212,
      "q=42": 213,
      "q=other": 214,
      "q=": 214,
      "other=yes": 200,
      "a=1&q=yes": 211,
    });
  },
};
