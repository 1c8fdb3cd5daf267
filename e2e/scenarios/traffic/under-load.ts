import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { waitUntil } from "../../src/testbed/wait-until.ts";
import { type Scenario, type Target, traffic, type Wish } from "../scenario.ts";
import type { Scene } from "../scene.ts";

/** How long requests are sent while policies change, in ms, and how many a second. */
const loadMs = 30_000;
const perSecond = 20;

const canary = (target: Target, split: readonly object[], step: number): Wish[] => [
  traffic({
    targets: [target],
    rules: [{ split, headers: { response: { set: { "x-step": String(step) } } } }],
  }),
];

/** A canary from its first request to its last: each step brings versions that were not led to before, or takes some away. */
const steps: readonly (readonly object[])[] = [
  [
    { version: "v1", weight: 90 },
    { version: "v2", weight: 10 },
  ],
  [{ version: "v2" }],
  [{ version: "v1" }],
  [
    { subset: { version: "v1" }, weight: 50 },
    { version: "v2", weight: 50 },
  ],
];

export const underLoad: Scenario = {
  title: `no request fails of ${perSecond} a second while routes change for ${loadMs / 1_000} s to versions that come and go`,
  proves: ["TrafficPolicy.split.version", "TrafficPolicy.split.subset"],
  wishes: (target) => canary(target, steps[0] ?? [], 0),
  inForce: async (scene) => (await scene.one()).headers["x-step"] !== undefined,
  async check(scene) {
    const ends = performance.now() + loadMs;
    for (let step = 1; performance.now() < ends; step += 1) {
      await scene.apply(canary(scene.service, steps[step % steps.length] ?? [], step));
      await waitUntil(`step ${step} is in force`, () => scene.marked("x-step", String(step)));
    }
  },
  meanwhile: oneSecond,
};

/** Requests at the pace of the load, each on a connection of its own; throws when one of them fails. */
async function oneSecond(scene: Scene): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: perSecond }, async (_, index) => {
      await delay((index * 1_000) / perSecond);
      return scene.one({ timeoutMs: 10_000 });
    }),
  );
  await delay(1_000 / perSecond);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
}
