import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";

export const proxyProtocol: Scenario = {
  title: "a destination is told who calls, and whom, by a PROXY header in the version that is said",
  proves: ["ConnectionPolicy.proxyProtocol"],
  service: { namespace: "office", selector: { app: "stranger" }, ports: { 8080: 8090 } },
  wishes: (target) => [
    connection({ targets: [target], proxyProtocol: "v1" }),
    connection({
      targets: [target],
      sources: [{ namespaces: ["shop"], labels: { tier: "edge" } }],
      proxyProtocol: "v2",
    }),
  ],
  inForce: async (scene) => (await scene.received()).proxy !== undefined,
  async check(scene) {
    for (const [from, version] of [
      ["back", 1],
      ["front", 2],
    ] as const) {
      const { proxy } = await scene.received({ from });
      expect(proxy?.version).toBe(version);
      expect(proxy?.source).toContain(`${scene.addressOf(from)}:`);
      expect(proxy?.destination).toMatch(/^10\.96\..*:8080$/);
    }
  },
};
