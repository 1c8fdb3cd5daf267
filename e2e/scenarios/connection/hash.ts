import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";
import type { Scene } from "../scene.ts";

const versionsOf = async (scene: Scene, user: string, count: number) =>
  new Set(
    (await scene.many(count, { headers: { "x-user": user } })).map(({ headers }) => headers["x-version"]),
  );

export const hash: Scenario = {
  title: "requests with the same header go to the same endpoint",
  proves: ["ConnectionPolicy.loadBalancer.algorithm", "ConnectionPolicy.loadBalancer.hash"],
  wishes: (target) => [
    connection({
      targets: [target],
      loadBalancer: { algorithm: "ringHash", hash: [{ header: "x-user" }] },
    }),
  ],
  inForce: async (scene) => (await versionsOf(scene, "ann", 40)).size === 1,
  async check(scene) {
    const all = new Set<string | undefined>();
    for (let user = 0; user < 40; user += 1) {
      const versions = await versionsOf(scene, `user-${user}`, 4);
      expect(versions.size).toBe(1);
      for (const version of versions) all.add(version);
    }
    expect(all).toEqual(new Set(["v1", "v2"]));
  },
};
