import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const allowAccount: Scenario = {
  title: "an ALLOW by service account lets in that account and nobody else",
  proves: ["AccessPolicy.action", "AccessPolicy.from.serviceAccounts"],
  wishes: (target) => [
    access({ action: "ALLOW", targets: [target], from: [{ serviceAccounts: ["shop/front"] }] }),
  ],
  inForce: async (scene) => (await scene.status({ from: "back" })) === 403,
  async check(scene) {
    expect((await scene.one({ from: "back" })).body).toBe("RBAC: access denied");
    expect(await scene.status({ from: "stranger", pod: "vault" })).toBe(403);
    expect(await scene.status({ from: "front" })).toBe(200);
    expect(await scene.status({ from: "web-v1" })).toBe(403);
  },
};
