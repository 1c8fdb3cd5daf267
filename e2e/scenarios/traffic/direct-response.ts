import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const directResponse: Scenario = {
  title: "the mesh answers itself, and the application sees nothing",
  proves: ["TrafficPolicy.directResponse"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        { match: [{ path: { exact: "/closed" } }], directResponse: { status: 418, body: "closed for tea" } },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status({ path: "/closed" })) === 418,
  async check(scene) {
    const tag = scene.newTag();
    expect((await scene.one({ path: "/closed", tag })).body).toBe("closed for tea");
    expect(await scene.seen(tag)).toEqual([]);
  },
};
