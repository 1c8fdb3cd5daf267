import { expect } from "vitest";
import { authentication, type Scenario } from "../scenario.ts";

export const externalPaths: Scenario = {
  title:
    "the service that decides is shown requests to every path, also where the policy names some: that is stricter",
  proves: ["AuthenticationPolicy.external.paths"],
  wishes: (target) => [
    authentication({
      targets: [target],
      external: {
        service: { name: "web", namespace: "shop" },
        headers: ["x-tag", "x-app"],
        paths: ["/account*"],
      },
    }),
  ],
  inForce: async (scene) => {
    const tag = scene.newTag();
    await scene.one({ tag, path: "/account/1" });
    return (await scene.seen(tag)).length === 2;
  },
  async check(scene) {
    for (const path of ["/account/1", "/other"]) {
      const tag = scene.newTag();
      expect(await scene.status({ tag, path, app: { failures: 1, status: 403 } })).toBe(403);
      expect(await scene.seen(tag)).toMatchObject([{ path }]);
    }
  },
};
