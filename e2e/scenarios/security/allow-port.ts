import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const allowPort: Scenario = {
  title: "an ALLOW for one port of the target",
  proves: ["AccessPolicy.to.ports"],
  wishes: (target) => [
    access({
      action: "ALLOW",
      targets: [target],
      from: [{ serviceAccounts: ["shop/front"] }],
      to: [{ ports: [8081] }],
    }),
  ],
  inForce: async (scene) => (await scene.status()) === 403,
  async check(scene) {
    expect(await scene.status({ port: 8081 })).toBe(200);
    expect(await scene.status({ port: 8081, from: "back" })).toBe(403);
  },
};
