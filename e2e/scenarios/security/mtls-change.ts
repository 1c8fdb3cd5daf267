import { expect } from "vitest";
import { authentication, type Scenario } from "../scenario.ts";

export const mtlsChange: Scenario = {
  title: "mTLS goes from permissive to strict and back without one failed request of the mesh's own clients",
  proves: ["AuthenticationPolicy.mtls.mode"],
  wishes: (target) => [authentication({ targets: [target], mtls: { mode: "STRICT" } })],
  inForce: async (scene) => (await scene.status({ from: "stranger", pod: "vault" })) === 0,
  async check(scene) {
    expect(await scene.status({ from: "stranger", pod: "vault", port: 8081 })).toBe(0);
  },
  async meanwhile(scene) {
    const answers = await Promise.all([scene.many(5), scene.many(5, { from: "back", port: 8081 })]);
    expect(answers.flat().filter(({ status }) => status !== 200)).toEqual([]);
  },
};
