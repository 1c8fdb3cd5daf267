import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const virtualMeshDefault: Scenario = {
  title: "a virtual mesh that denies by default and wants mTLS does so in every namespace",
  proves: ["AccessPolicy.action", "AuthenticationPolicy.mtls.mode"],
  wishes: (target) => [
    {
      kind: "VirtualMesh",
      spec: {
        members: [{ cluster: "mesh" }],
        trust: { mode: "federated" },
        defaultAccess: "deny",
        mtls: "strict",
      },
    },
    access({ action: "ALLOW", targets: [target], from: [{ serviceAccounts: ["shop/front"] }] }),
  ],
  inForce: async (scene) =>
    (await scene.status({ from: "back" })) === 403 && (await scene.status({ from: "front" })) === 200,
  async check(scene) {
    expect(await scene.status({ from: "stranger", pod: "vault" })).toBe(0);
    expect(await scene.status({ from: "stranger", pod: "web-v1" })).toBe(0);
    expect(await scene.status({ pod: "web-v1", headers: { host: "web.shop:8080" } })).toBe(403);
  },
};
