import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const splitByCluster: Scenario = {
  title: "requests go to one version's endpoints in one cluster",
  proves: ["TrafficPolicy.split.cluster"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        {
          match: [{ path: { prefix: "/here" } }],
          split: [{ cluster: "mesh", version: "v2" }],
          headers: { response: { set: { "x-cluster": "here" } } },
        },
      ],
    }),
  ],
  inForce: (scene) => scene.marked("x-cluster", "here", { path: "/here" }),
  async check(scene) {
    const answers = await scene.many(20, { path: "/here" });
    expect(answers.map(({ status, headers }) => `${status} ${headers["x-version"]}`)).toEqual(
      answers.map(() => "200 v2"),
    );
  },
};
