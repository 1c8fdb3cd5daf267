import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";
import type { Scene } from "../scene.ts";

const identityOf = async (scene: Scene, from: string) =>
  (await scene.received({ from })).headers["x-forwarded-client-cert"];

export const plainText: Scenario = {
  title: "TLS between sidecars is turned off for clients of one namespace and label, for no others",
  proves: [
    "ConnectionPolicy.tls.mode",
    "ConnectionPolicy.sources.namespaces",
    "ConnectionPolicy.sources.labels",
  ],
  wishes: (target) => [
    connection({
      targets: [target],
      sources: [{ namespaces: ["office"], labels: { tier: "inner" } }],
      tls: { mode: "disable" },
    }),
  ],
  inForce: async (scene) => (await identityOf(scene, "back")) === undefined,
  async check(scene) {
    expect(await identityOf(scene, "aside")).toContain("URI=spiffe://cluster.local/ns/office/sa/aside");
    expect(await identityOf(scene, "front")).toContain("URI=spiffe://cluster.local/ns/shop/sa/front");
  },
};
