import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const allowAddress: Scenario = {
  title: "an ALLOW by the address that the connection comes from",
  proves: ["AccessPolicy.from.ipBlocks"],
  wishes: (target) => [
    access({ action: "ALLOW", targets: [target], from: [{ ipBlocks: ["192.0.2.0/24"] }] }),
  ],
  inForce: async (scene) => (await scene.status()) === 403,
  async check(scene) {
    expect(await scene.status({ from: "back" })).toBe(403);
    expect(await scene.status({ from: "stranger", pod: "vault" })).toBe(403);
  },
};
