import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";
import { outsideTls } from "./outside-tls.ts";

export const tlsUnverified: Scenario = {
  title: "a server is called whose certificate nobody trusts, by clients who are told not to verify it",
  proves: ["ConnectionPolicy.tls.insecureSkipVerify"],
  service: outsideTls,
  wishes: (target) => [
    connection({ targets: [target], tls: { mode: "simple", insecureSkipVerify: true } }),
    connection({
      targets: [target],
      sources: [{ namespaces: ["shop"], labels: { tier: "edge" } }],
      tls: { mode: "simple", insecureSkipVerify: false },
    }),
  ],
  inForce: async (scene) =>
    (await scene.version({ from: "back", port: 8081 })) === "outside" &&
    (await scene.status({ from: "front", port: 8081 })) === 503,
  async check(scene) {
    const tag = scene.newTag();
    expect(await scene.status({ from: "front", port: 8081, tag })).toBe(503);
    expect(await scene.seen(tag)).toEqual([]);
  },
};
