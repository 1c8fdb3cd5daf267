import { expect } from "vitest";
import { authentication, type Scenario } from "../scenario.ts";

export const externalAuthorization: Scenario = {
  title:
    "a service is asked about each request and shown what the policy says; what it refuses does not arrive",
  proves: ["AuthenticationPolicy.external.service", "AuthenticationPolicy.external.headers"],
  wishes: (target) => [
    authentication({
      targets: [target],
      external: { service: { name: "web", namespace: "shop" }, headers: ["x-tag", "x-app"] },
    }),
  ],
  inForce: async (scene) => {
    const tag = scene.newTag();
    await scene.one({ tag });
    return (await scene.seen(tag)).length === 2;
  },
  async check(scene) {
    const refused = scene.newTag();
    expect(await scene.status({ tag: refused, app: { failures: 1, status: 403 } })).toBe(403);
    expect(await scene.seen(refused)).toHaveLength(1);
    const passed = scene.newTag();
    expect(await scene.status({ tag: passed, path: "/box", headers: { "x-secret": "1" } })).toBe(200);
    const [one, other] = await scene.seen(passed);
    const asked = one?.headers["x-secret"] === undefined ? one : other;
    expect(asked).toMatchObject({ path: "/box", headers: { "x-tag": passed } });
    expect(asked?.headers).not.toHaveProperty("x-secret");
  },
};
