import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const deny: Scenario = {
  title: "a DENY wins over an ALLOW",
  proves: ["AccessPolicy.action", "AccessPolicy.to.paths"],
  wishes: (target) => [
    access({ action: "ALLOW", targets: [target], from: [{ namespaces: ["shop", "office"] }] }),
    access({
      action: "DENY",
      targets: [target],
      from: [{ serviceAccounts: ["office/back"] }],
      to: [{ paths: ["/admin*"] }],
    }),
  ],
  inForce: async (scene) =>
    (await scene.status({ from: "back", path: "/admin/x" })) === 403 &&
    (await scene.status({ from: "stranger", pod: "vault" })) === 403,
  async check(scene) {
    expect(await scene.status({ from: "back" })).toBe(200);
    expect(await scene.status({ from: "front", path: "/admin" })).toBe(200);
  },
};
