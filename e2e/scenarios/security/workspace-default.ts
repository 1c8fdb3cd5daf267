import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const workspaceDefault: Scenario = {
  title: "in a workspace that denies by default nothing passes that no ALLOW of it lets through",
  proves: ["AccessPolicy.action"],
  wishes: (target) => [
    { kind: "Workspace", spec: { owns: [{ namespaces: [target.namespace] }], defaultAccess: "deny" } },
    {
      ...access({ action: "ALLOW", targets: [target], from: [{ serviceAccounts: ["shop/front"] }] }),
      workspace: "workspace-default-1",
    },
  ],
  inForce: async (scene) =>
    (await scene.status({ from: "back" })) === 403 && (await scene.status({ from: "front" })) === 200,
  async check(scene) {
    expect(await scene.status({ from: "stranger", pod: "vault" })).toBe(403);
    expect(await scene.status({ from: "stranger", pod: "web-v1" })).toBe(200);
  },
};
