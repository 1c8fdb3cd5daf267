import { expect } from "vitest";
import { access, type Scenario } from "../scenario.ts";

export const allowOperation: Scenario = {
  title: "an ALLOW by method, path, host and header",
  proves: [
    "AccessPolicy.to.methods",
    "AccessPolicy.to.paths",
    "AccessPolicy.to.hosts",
    "AccessPolicy.to.headers",
  ],
  wishes: (target) => [
    access({
      action: "ALLOW",
      targets: [target],
      to: [
        { methods: ["GET"], paths: ["/exact", "/prefix/*", "*/suffix"] },
        { methods: ["PUT"], hosts: ["safe.example"] },
        { paths: ["/token"], headers: [{ name: "X-Token", value: { exact: "let me in" } }] },
        { paths: ["/token"], headers: [{ name: "x-key", value: { prefix: "k-" } }] },
        { paths: ["/token"], headers: [{ name: "x-any", value: { present: true } }] },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status()) === 403,
  async check(scene) {
    const get = (path: string, headers: Record<string, string> = {}) => scene.status({ path, headers });
    expect(await get("/exact")).toBe(200);
    expect(await get("/exact?q=1")).toBe(200);
    expect(await get("/exact/more")).toBe(403);
    expect(await get("/prefix/a/b")).toBe(200);
    expect(await get("/prefixed")).toBe(403);
    expect(await get("/any/suffix")).toBe(200);
    expect(await scene.status({ path: "/exact", method: "POST" })).toBe(403);
    const put = { method: "PUT", from: "stranger", pod: "vault" };
    expect(await scene.status({ ...put, headers: { host: "safe.example" } })).toBe(200);
    expect(await scene.status({ ...put, headers: { host: "other.example" } })).toBe(403);
    expect(await get("/token")).toBe(403);
    expect(await get("/token", { "x-token": "let me in" })).toBe(200);
    expect(await get("/token", { "x-token": "let" })).toBe(403);
    expect(await get("/token", { "x-key": "k-1" })).toBe(200);
    expect(await get("/token", { "x-any": "thing" })).toBe(200);
  },
};
