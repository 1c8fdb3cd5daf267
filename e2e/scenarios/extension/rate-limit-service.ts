import { expect } from "vitest";
import { type Scenario, traffic } from "../scenario.ts";

const web = { name: "web", namespace: "shop" };

export const rateLimitService: Scenario = {
  title: "a service counts requests for the proxies of all pods together, apart for each value of a header",
  proves: ["TrafficPolicy.rateLimit", "TrafficPolicy.rateLimit.service"],
  wishes: () => [
    traffic({
      targets: [web],
      defaults: {
        rateLimit: {
          requests: 20,
          per: "hour",
          by: ["header:x-tenant"],
          service: { name: "limiter", namespace: "office" },
        },
      },
    }),
  ],
  async inForce(scene) {
    const answers = await scene.many(30, { service: web, headers: { "x-tenant": "first" } });
    return answers.some(({ status }) => status === 429);
  },
  async check(scene) {
    // Two pods serve them, and each of these counts alone would let all pass.
    const asked = { service: web, headers: { "x-tenant": scene.newTag() } };
    const statuses = (await scene.many(30, asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    expect(await scene.status({ ...asked, from: "back" })).toBe(429);
    expect(await scene.status({ ...asked, headers: { "x-tenant": scene.newTag() } })).toBe(200);
  },
};
