import { expect } from "vitest";
import { connection, type Scenario, traffic } from "../scenario.ts";
import type { Scene } from "../scene.ts";

/** How often 20 requests reach the application that all fail at the same time; 60 where each is tried again twice. Requests that wait to
 * be tried again do not count as requests of the moment, so a budget of all of them comes to about 50. */
const triesOf = async (scene: Scene, from: string) => {
  const tag = scene.newTag();
  await scene.many(20, { from, tag, parallel: 20, app: { failures: 1_000, status: 503, delayMs: 150 } });
  return (await scene.seen(tag)).length;
};

export const retryBudget: Scenario = {
  title: "proxies try again as much as a share of their requests, or a number of them, allows",
  proves: ["ConnectionPolicy.retryBudget.percent", "ConnectionPolicy.retryBudget.minConcurrency"],
  wishes: (target) => [
    traffic({ targets: [target], defaults: { retries: { attempts: 2, on: [503], backoff: "1ms" } } }),
    connection({ targets: [target], retryBudget: { percent: 0, minConcurrency: 1 } }),
    connection({
      targets: [target],
      sources: [{ namespaces: ["office"], labels: { tier: "inner" } }],
      retryBudget: { percent: 100, minConcurrency: 1 },
    }),
    connection({
      targets: [target],
      sources: [{ namespaces: ["office"], labels: { tier: "edge" } }],
      retryBudget: { percent: 0, minConcurrency: 100 },
    }),
  ],
  inForce: async (scene) =>
    (await triesOf(scene, "back")) > 35 &&
    (await triesOf(scene, "aside")) === 60 &&
    (await triesOf(scene, "front")) < 30,
  async check(scene) {
    expect(await triesOf(scene, "front")).toBeGreaterThan(20);
  },
};
