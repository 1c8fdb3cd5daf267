import { expect } from "vitest";
import { routeTable, type Scenario } from "../scenario.ts";
import { atGateway, plainGateway } from "./at-gateway.ts";

const asked = atGateway("tries.example");
const always = { failures: 100, status: 503 };

export const tableTries: Scenario = {
  title:
    "a gateway gives up what takes too long, tries again what failed, and waits in between as long as said",
  proves: ["RouteTable.timeout.request", "RouteTable.retries", "RouteTable.retries.backoff"],
  wishes: () => [
    plainGateway,
    routeTable({
      gateways: [{ name: "table-tries-1" }],
      hosts: ["tries.example"],
      rules: [
        { match: [{ path: { prefix: "/never" } }], retries: false },
        { match: [{ path: { prefix: "/slow" } }], retries: { attempts: 2, on: [503], backoff: "1s" } },
        { match: [{ path: { prefix: "/" } }], timeout: { request: "300ms" } },
      ].map((rule) => ({
        ...rule,
        split: [{ destination: { name: "web", namespace: "shop" }, port: 8080 }],
      })),
      defaults: { retries: { attempts: 3, on: [503], backoff: "1ms" } },
    }),
  ],
  inForce: async (scene) => (await scene.status({ ...asked, app: { delayMs: 600 } })) === 504,
  async check(scene) {
    const late = await scene.one({ ...asked, app: { delayMs: 3_000 } });
    expect(late.status).toBe(504);
    expect(late.ms).toBeGreaterThanOrEqual(290);
    expect(late.ms).toBeLessThan(2_000);
    const tries = async (path: string) => {
      const tag = scene.newTag();
      const answers = await scene.many(10, { ...asked, path, app: always, tag });
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      const total = answers.reduce((sum, { ms }) => sum + ms, 0);
      return { each: (await scene.seen(tag)).length / answers.length, total };
    };
    expect((await tries("/")).each).toBe(4);
    expect((await tries("/never")).each).toBe(1);
    // Envoy waits at random between nothing and the interval, which doubles: 1.5 s of a request on average.
    const slow = await tries("/slow");
    expect(slow.each).toBe(3);
    expect(slow.total).toBeGreaterThan(5_000);
  },
};
