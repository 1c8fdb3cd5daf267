import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";
import { expectShare } from "../share.ts";

export const splitInThree: Scenario = {
  title: "requests are split 50, 30 and 20 between two versions and another service",
  proves: ["TrafficPolicy.split", "TrafficPolicy.split.version", "TrafficPolicy.split.destination"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        {
          split: [
            { version: "v1", weight: 50 },
            { version: "v2", weight: 30 },
            { destination: { name: "vault", namespace: "safe" }, port: 8081, weight: 20 },
          ],
          headers: { response: { set: { "x-split": "50-30-20" } } },
        },
      ],
    }),
  ],
  inForce: (scene) => scene.marked("x-split", "50-30-20"),
  async check(scene) {
    const answers = await scene.many(500);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const by = Map.groupBy(answers, ({ body, headers }) =>
      body.includes('"port":8081') ? "vault" : headers["x-version"],
    );
    expectShare(by.get("v1")?.length ?? 0, answers.length, 50);
    expectShare(by.get("v2")?.length ?? 0, answers.length, 30);
    expectShare(by.get("vault")?.length ?? 0, answers.length, 20);
  },
};
