import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const allowNamespace: Scenario = {
  title: "an ALLOW by namespace needs an identity there, not just an address",
  proves: ["AccessPolicy.from.namespaces"],
  wishes: (target) => [access({ action: "ALLOW", targets: [target], from: [{ namespaces: ["office"] }] })],
  inForce: async (scene) => (await scene.status({ from: "front" })) === 403,
  async check(scene) {
    expect(await scene.status({ from: "back" })).toBe(200);
    expect(await scene.status({ from: "stranger", pod: "vault" })).toBe(403);
  },
};
