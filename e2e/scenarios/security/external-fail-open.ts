import { expect } from "vitest";
import { authentication, type Scenario } from "../scenario.ts";

const external = { service: { name: "web", namespace: "shop" }, headers: ["x-tag", "x-app"] };

export const externalFailOpen: Scenario = {
  title: "requests pass while the service that decides fails, where the policy says so and nowhere else",
  proves: ["AuthenticationPolicy.external.failOpen"],
  wishes: (target) => [
    authentication({ targets: [{ ...target, ports: [8080] }], external: { ...external, failOpen: true } }),
    authentication({ targets: [{ ...target, ports: [8081] }], external }),
  ],
  inForce: async (scene) => {
    const tags = [scene.newTag(), scene.newTag()] as const;
    await Promise.all([scene.one({ tag: tags[0] }), scene.one({ tag: tags[1], port: 8081 })]);
    const seen = await Promise.all(tags.map((tag) => scene.seen(tag)));
    return seen.every(({ length }) => length === 2);
  },
  async check(scene) {
    // The service that decides fails, and then the application does.
    const app = { failures: 1, status: 500 };
    const [open, closed] = [scene.newTag(), scene.newTag()];
    expect(await scene.status({ tag: open, app })).toBe(500);
    expect((await scene.seen(open)).filter(({ port }) => port === 8080)).toHaveLength(2);
    expect(await scene.status({ tag: closed, app, port: 8081 })).toBe(403);
    expect(await scene.seen(closed)).toHaveLength(1);
  },
};
