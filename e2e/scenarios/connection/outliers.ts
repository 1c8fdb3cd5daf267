import { expect } from "vitest";
import { waitUntil } from "../../src/testbed/wait-until.ts";
import { connection, type Scenario } from "../scenario.ts";

/** One failure is enough to be left out for that long, however many are. */
export const leftOutFor = (baseEjectionTime: string) => ({
  consecutiveErrors: 1,
  interval: "100ms",
  baseEjectionTime,
  maxEjectionPercent: 100,
  minHealthPercent: 0,
});

export const outliers: Scenario = {
  title: "endpoints that fail are left out for a while, and come back",
  proves: ["ConnectionPolicy.outlierDetection"],
  wishes: (target) => [
    connection({
      targets: [target],
      outlierDetection: leftOutFor("3s"),
      // Else the far one would be called only after the near one is left out.
      loadBalancer: { locality: { enabled: false } },
    }),
  ],
  async inForce(scene) {
    await scene.many(10, { app: { failures: 1_000, status: 500 }, tag: scene.newTag() });
    const { status, body } = await scene.one();
    return status === 503 && body.includes("no healthy upstream");
  },
  async check(scene) {
    await waitUntil("the endpoints are back", async () => (await scene.status()) === 200);
    expect((await scene.many(20)).every(({ status }) => status === 200)).toBe(true);
  },
};
