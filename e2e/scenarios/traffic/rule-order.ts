import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const ruleOrder: Scenario = {
  title: "the first rule that matches decides",
  proves: ["TrafficPolicy.match.path", "TrafficPolicy.directResponse"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        { match: [{ path: { prefix: "/a/b" } }], directResponse: { status: 211 } },
        { match: [{ path: { prefix: "/a" } }], directResponse: { status: 212 } },
        { match: [{ path: { exact: "/a/c" } }], directResponse: { status: 213 } },
        { directResponse: { status: 214 } },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status()) === 214,
  async check(scene) {
    const statuses: Record<string, number> = {};
    for (const path of ["/a/b/c", "/a", "/a/c", "/b"]) statuses[path] = await scene.status({ path });
    expect(statuses).toEqual({ "/a/b/c": 211, "/a": 212, "/a/c": 212, "/b": 214 });
  },
};
