import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const dryRun: Scenario = {
  title: "a dry run changes nothing, beside a policy that does",
  proves: ["AccessPolicy.dryRun"],
  wishes: (target) => [
    access({
      action: "DENY",
      targets: [target],
      dryRun: true,
      from: [{ serviceAccounts: ["shop/front"] }],
    }),
    access({ action: "DENY", targets: [target], from: [{ serviceAccounts: ["office/back"] }] }),
  ],
  inForce: async (scene) => (await scene.status({ from: "back" })) === 403,
  async check(scene) {
    const statuses = (await scene.many(50, { from: "front" })).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  },
};
