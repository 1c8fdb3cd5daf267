import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";
import type { Scene } from "../scene.ts";

/** Whether that many requests in turn go to one version and the other in turn. */
export const alternates = async (scene: Scene, count: number) =>
  (await scene.many(count, { parallel: 1 }))
    .map(({ headers }) => headers["x-version"])
    .every((version, index, all) => index === 0 || version !== all[index - 1]);

export const roundRobin: Scenario = {
  title: "requests go to the endpoints in turn",
  proves: ["ConnectionPolicy.loadBalancer.algorithm"],
  wishes: (target) => [connection({ targets: [target], loadBalancer: { algorithm: "roundRobin" } })],
  inForce: (scene) => alternates(scene, 20),
  async check(scene) {
    expect(await alternates(scene, 60)).toBe(true);
  },
};
