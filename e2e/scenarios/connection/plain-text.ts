import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";

export const plainText: Scenario = {
  title: "TLS between sidecars is turned off for some clients: by namespace, and by label",
  proves: [
    "ConnectionPolicy.tls.mode",
    "ConnectionPolicy.sources.namespaces",
    "ConnectionPolicy.sources.labels",
  ],
  wishes: (target) => [
    connection({ targets: [target], sources: [{ namespaces: ["office"] }], tls: { mode: "disable" } }),
    connection({
      targets: [target],
      sources: [{ namespaces: ["shop"], labels: { tier: "edge" } }],
      tls: { mode: "disable" },
    }),
  ],
  async inForce(scene) {
    const identities = await Promise.all(
      ["back", "front"].map(
        async (from) => (await scene.received({ from })).headers["x-forwarded-client-cert"],
      ),
    );
    return identities.every((identity) => identity === undefined);
  },
  async check(scene) {
    expect((await scene.received({ from: "web-v1" })).headers["x-forwarded-client-cert"]).toContain(
      "URI=spiffe://cluster.local/ns/shop/sa/web",
    );
  },
};
