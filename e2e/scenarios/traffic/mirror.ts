import { expect } from "vitest";
import { waitUntil } from "../../src/testbed/wait-until.ts";
import { type Scenario, traffic } from "../scenario.ts";
import { expectShare } from "../share.ts";

export const mirror: Scenario = {
  title: "a share of the requests is copied to another version, whose answers nobody gets",
  proves: ["TrafficPolicy.mirror"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        {
          split: [{ version: "v1" }],
          mirror: [{ version: "v2", percent: 30 }],
          headers: { response: { set: { "x-mirrored": "30" } } },
        },
      ],
    }),
  ],
  inForce: (scene) => scene.marked("x-mirrored", "30"),
  async check(scene) {
    const tag = scene.newTag();
    const answers = await scene.many(300, { tag });
    expect(new Set(answers.map(({ headers }) => headers["x-version"]))).toEqual(new Set(["v1"]));
    const copies = async () => (await scene.seen(tag)).filter(({ version }) => version === "v2").length;
    // Copies may arrive after the answers: two equal counts in a row are the last.
    let last = -1;
    const count = await waitUntil("no more copies arrive", async () => {
      const now = await copies();
      const settled = now === last;
      last = now;
      return settled ? { now } : undefined;
    });
    expectShare(count.now, 300, 30);
  },
};
