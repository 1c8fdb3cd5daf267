import { expect } from "vitest";
import { authentication, type Scenario } from "../scenario.ts";

export const mtlsMesh: Scenario = {
  title: "strict for the whole mesh, permissive again for one service",
  proves: ["AuthenticationPolicy.mtls.mode"],
  wishes: (target) => [
    authentication({ targets: [{ kind: "Mesh" }], mtls: { mode: "STRICT" } }),
    authentication({ targets: [target], mtls: { mode: "PERMISSIVE" } }),
  ],
  inForce: async (scene) => (await scene.status({ from: "stranger", pod: "web-v1" })) === 0,
  async check(scene) {
    expect(await scene.status({ from: "stranger", pod: "vault" })).toBe(200);
    expect(await scene.status({ from: "front" })).toBe(200);
  },
};
