import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const matchMethods: Scenario = {
  title: "one of several methods matches, no other",
  proves: ["TrafficPolicy.match.methods"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        { match: [{ methods: ["PUT"] }], directResponse: { status: 211 } },
        { match: [{ methods: ["POST", "DELETE"] }], directResponse: { status: 212 } },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status({ method: "PUT" })) === 211,
  async check(scene) {
    const statuses: Record<string, number> = {};
    for (const method of ["GET", "PUT", "POST", "DELETE", "PATCH"])
      statuses[method] = await scene.status({ method });
    expect(statuses).toEqual({ GET: 200, PUT: 211, POST: 212, DELETE: 212, PATCH: 200 });
  },
};
