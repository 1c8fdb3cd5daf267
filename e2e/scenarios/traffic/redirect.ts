import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

export const redirect: Scenario = {
  title: "clients are sent elsewhere: another host, port, scheme, path or prefix",
  proves: ["TrafficPolicy.redirect", "TrafficPolicy.redirect.prefix"],
  wishes: (target) => [
    traffic({
      targets: [target],
      rules: [
        {
          match: [{ path: { exact: "/moved" } }],
          redirect: { scheme: "https", host: "example.com", port: 8443, path: "/new", code: 301 },
        },
        { match: [{ path: { prefix: "/old" } }], redirect: { prefix: "/new", code: 308 } },
        { match: [{ path: { exact: "/host" } }], redirect: { host: "example.org" } },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status({ path: "/moved" })) === 301,
  async check(scene) {
    const to = async (path: string) => {
      const { status, headers } = await scene.one({ path });
      return `${status} ${headers["location"]}`;
    };
    const here = `http://${scene.service.name}.${scene.service.namespace}:8080`;
    expect(await to("/moved")).toBe("301 https://example.com:8443/new");
    expect(await to("/old/page?q=1")).toBe(`308 ${here}/new/page?q=1`);
    expect(await to("/old")).toBe(`308 ${here}/new`);
    expect(await to("/host")).toMatch(/^302 http:\/\/example\.org(:8080)?\/host$/);
    expect(await scene.status({ path: "/older" })).toBe(200);
  },
};
