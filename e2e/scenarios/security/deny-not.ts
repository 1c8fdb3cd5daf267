import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const denyNot: Scenario = {
  title: "`not` leaves clients and operations out",
  proves: ["AccessPolicy.from.not", "AccessPolicy.to.not"],
  wishes: (target) => [
    access({
      action: "DENY",
      targets: [target],
      from: [{ not: { serviceAccounts: ["shop/front"] } }],
      to: [{ not: { paths: ["/health"], methods: ["OPTIONS"] } }],
    }),
  ],
  inForce: async (scene) => (await scene.status({ from: "back" })) === 403,
  async check(scene) {
    expect(await scene.status({ from: "front" })).toBe(200);
    expect(await scene.status({ from: "back", path: "/health" })).toBe(200);
    expect(await scene.status({ from: "back", method: "OPTIONS" })).toBe(200);
    expect(await scene.status({ from: "stranger", pod: "vault" })).toBe(403);
  },
};
