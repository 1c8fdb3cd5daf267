import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const headers: Scenario = {
  title: "headers are set, added and removed on the way there and back",
  proves: ["TrafficPolicy.headers"],
  wishes: (target) => [
    traffic({
      targets: [target],
      defaults: {
        headers: {
          request: { set: { "x-set": "new" }, add: { "x-add": "more" }, remove: ["x-remove"] },
          response: { set: { "x-answer": "set" }, add: { "x-extra": "added" }, remove: ["x-version"] },
        },
      },
    }),
  ],
  inForce: (scene) => scene.marked("x-answer", "set"),
  async check(scene) {
    const sent = { "x-set": "old", "x-add": "some", "x-remove": "gone" };
    const got = (await scene.received({ headers: sent })).headers;
    expect(got["x-set"]).toBe("new");
    expect(got["x-add"]?.split(/, ?/)).toEqual(["some", "more"]);
    expect(got).not.toHaveProperty("x-remove");
    const answer = (await scene.one()).headers;
    expect(answer["x-extra"]).toBe("added");
    expect(answer).not.toHaveProperty("x-version");
  },
};
