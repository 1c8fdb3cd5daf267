import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const defaultDeny: Scenario = {
  title: "what no ALLOW mentions is denied, once one bears on the namespace",
  proves: ["AccessPolicy.action"],
  wishes: (target) => [
    access({
      action: "ALLOW",
      targets: [{ namespaces: [target.namespace] }],
      from: [{ namespaces: ["istio-system"] }],
    }),
    access({ action: "ALLOW", targets: [target], from: [{ serviceAccounts: ["shop/front"] }] }),
  ],
  inForce: async (scene) => (await scene.status({ from: "back" })) === 403,
  async check(scene) {
    expect(await scene.status({ from: "front" })).toBe(200);
    expect(await scene.status({ from: "web-v1" })).toBe(403);
  },
};
