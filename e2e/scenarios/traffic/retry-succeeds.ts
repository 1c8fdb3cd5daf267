import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const retrySucceeds: Scenario = {
  title: "a try that succeeds after two that fail is what the client sees",
  proves: ["TrafficPolicy.retries"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [{ split: [{ version: "v1" }] }],
      defaults: {
        retries: { attempts: 2, on: [503], backoff: "10ms" },
        headers: { response: { set: { "x-retries": "2" } } },
      },
    }),
  ],
  inForce: (scene) => scene.marked("x-retries", "2"),
  async check(scene) {
    const tag = scene.newTag();
    expect(await scene.status({ app: { failures: 2 }, tag })).toBe(200);
    expect((await scene.seen(tag)).map(({ headers }) => headers["x-envoy-attempt-count"])).toEqual([
      "1",
      "2",
      "3",
    ]);
  },
};
