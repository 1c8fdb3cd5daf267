import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

const answered = (status: number) => ({ directResponse: { status } });

export const matchPath: Scenario = {
  title: "paths match exactly, by whole segments, by expression, and without regard to case",
  proves: ["TrafficPolicy.match.path"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        { match: [{ path: { exact: "/exact" } }], ...answered(211) },
        { match: [{ path: { prefix: "/prefix" } }], ...answered(212) },
        { match: [{ path: { regex: "/re/[0-9]+" } }], ...answered(213) },
        { match: [{ path: { exact: "/Any", ignoreCase: true } }], ...answered(214) },
        { match: [{ path: { prefix: "/slash/" } }], ...answered(215) },
        { match: [{ path: { regex: "/case/[a-z]+", ignoreCase: true } }], ...answered(216) },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status({ path: "/exact" })) === 211,
  async check(scene) {
    const statuses: Record<string, number> = {};
    const paths = ["/exact", "/exact?q=1", "/exact/more", "/Exact"];
    paths.push("/prefix", "/prefix/more", "/prefixed", "/re/42", "/re/42/x", "/re/x");
    paths.push("/any", "/ANY", "/any/", "/slash", "/slash/x", "/slashed", "/case/ABC", "/case/1");
    for (const path of paths) statuses[path] = await scene.status({ path });
    expect(statuses).toEqual({
      "/exact": 211,
      "/exact?q=1": 211,
      "/exact/more": 200,
      "/Exact": 200,
      "/prefix": 212,
      "/prefix/more": 212,
      "/prefixed": 200,
      "/re/42": 213,
      "/re/42/x": 200,
      "/re/x": 200,
      "/any": 214,
      "/ANY": 214,
      "/any/": 200,
      "/slash": 215,
      "/slash/x": 215,
      "/slashed": 200,
      "/case/ABC": 216,
      "/case/1": 200,
    });
  },
};
