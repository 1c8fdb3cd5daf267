import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const allowIdentity: Scenario = {
  title: "an ALLOW by SPIFFE ID, also with a * at its end",
  proves: ["AccessPolicy.from.identities"],
  wishes: (target) => [
    access({
      action: "ALLOW",
      targets: [target],
      from: [
        { identities: ["spiffe://cluster.local/ns/office/sa/back"] },
        { identities: ["spiffe://cluster.local/ns/shop/sa/we*"] },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status({ from: "front" })) === 403,
  async check(scene) {
    expect(await scene.status({ from: "back" })).toBe(200);
    expect(await scene.status({ from: "web-v2" })).toBe(200);
  },
};
