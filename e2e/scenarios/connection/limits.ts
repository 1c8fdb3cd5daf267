import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";
import type { Scene } from "../scene.ts";

const together = async (scene: Scene, count: number) =>
  (await scene.many(count, { parallel: count, app: { delayMs: 150 } })).map(({ status }) => status);

export const limits: Scenario = {
  title: "more requests at once than a limit are refused, fewer are not",
  proves: ["ConnectionPolicy.connectionPool.tcp", "ConnectionPolicy.connectionPool.http"],
  wishes: (target) => [
    connection({
      targets: [target],
      connectionPool: { tcp: { maxConnections: 1 }, http: { maxPendingRequests: 1 } },
    }),
  ],
  inForce: async (scene) => (await together(scene, 12)).includes(503),
  async check(scene) {
    const statuses = await together(scene, 20);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(new Set(await together(scene, 1))).toEqual(new Set([200]));
  },
};
