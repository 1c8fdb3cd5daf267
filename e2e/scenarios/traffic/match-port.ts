import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const matchPort: Scenario = {
  title: "the port that was called matches",
  proves: ["TrafficPolicy.match.port"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [{ match: [{ port: 8081 }], directResponse: { status: 211 } }],
    }),
  ],
  inForce: async (scene) => (await scene.status({ port: 8081 })) === 211,
  async check(scene) {
    expect(await scene.status({ port: 8080 })).toBe(200);
  },
};
