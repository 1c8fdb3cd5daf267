import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const dryRun: Scenario = {
  title: "neither a dry run nor an audit changes anything, beside a policy that does",
  proves: ["AccessPolicy.dryRun", "AccessPolicy.action"],
  wishes: (target) => [
    access({
      action: "DENY",
      targets: [target],
      dryRun: true,
      from: [{ serviceAccounts: ["shop/front"] }],
    }),
    access({ action: "AUDIT", targets: [target], from: [{ serviceAccounts: ["shop/front"] }] }),
    access({ action: "DENY", targets: [target], from: [{ serviceAccounts: ["office/back"] }] }),
  ],
  inForce: async (scene) => (await scene.status({ from: "back" })) === 403,
  async check(scene) {
    const statuses = (await scene.many(50, { from: "front" })).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  },
};
