import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const rewrite: Scenario = {
  title: "the application sees another path or host",
  proves: ["TrafficPolicy.rewrite", "TrafficPolicy.rewrite.path", "TrafficPolicy.rewrite.regex"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        { match: [{ path: { prefix: "/whole" } }], rewrite: { path: "/new" } },
        { match: [{ path: { prefix: "/old" } }], rewrite: { prefix: "/new" } },
        { match: [{ path: { prefix: "/cut" } }], rewrite: { prefix: "/" } },
        { match: [{ path: { prefix: "/Case", ignoreCase: true } }], rewrite: { prefix: "/new" } },
        {
          match: [{ path: { prefix: "/re" } }],
          rewrite: { regex: { match: "^/re/([^/?]+)/([^/?]+)$", substitute: String.raw`/\2/\1` } },
        },
        { match: [{ path: { exact: "/host" } }], rewrite: { host: "example.com" } },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.received({ path: "/whole/x" })).path === "/new",
  async check(scene) {
    const paths: Record<string, string> = {};
    for (const path of [
      "/whole/x?q=1",
      "/old",
      "/old/a",
      "/old/a?q=1",
      "/older",
      "/cut",
      "/cut/a",
      "/case/a",
      "/re/a/b",
    ])
      paths[path] = (await scene.received({ path })).path;
    expect(paths).toEqual({
      "/whole/x?q=1": "/new?q=1",
      "/old": "/new",
      "/old/a": "/new/a",
      "/old/a?q=1": "/new/a?q=1",
      "/older": "/older",
      "/cut": "/",
      "/cut/a": "/a",
      "/case/a": "/new/a",
      "/re/a/b": "/b/a",
    });
    expect((await scene.received({ path: "/host" })).headers["host"]).toBe("example.com");
  },
};
