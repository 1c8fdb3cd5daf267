import { expect } from "vitest";
import { type Scenario, traffic, virtual } from "../scenario.ts";
import { expectShare } from "../share.ts";

const asked = (host: string) => ({ pod: "web-v1", headers: { host: `${host}:8080` } });
const hosts = ["everything.global", "everything.shop.svc.cluster.local"];

export const virtualDestination: Scenario = {
  title: "a name stands for several services by weight, with a policy of its own and mTLS to each",
  proves: [
    "VirtualDestination.hosts",
    "VirtualDestination.ports",
    "VirtualDestination.backends.selector",
    "VirtualDestination.backends.port",
    "VirtualDestination.backends.weight",
  ],
  wishes: () => [
    virtual({
      hosts,
      ports: [{ port: 8080, protocol: "HTTP" }],
      backends: [
        { selector: { name: "web", namespace: "shop" }, weight: 3 },
        { selector: { name: "vault", namespace: "safe" }, port: 8081, weight: 1 },
      ],
    }),
    traffic({
      targets: [{ kind: "VirtualDestination", name: "virtual-1" }],
      defaults: { headers: { response: { set: { "x-virtual": "yes" } } } },
    }),
  ],
  inForce: async (scene) =>
    (await Promise.all(hosts.map((host) => scene.marked("x-virtual", "yes", asked(host))))).every(Boolean),
  async check(scene) {
    for (const host of hosts) {
      const answers = await scene.many(400, asked(host));
      const got = answers.map(({ body }) => JSON.parse(body) as { port: number; headers: object });
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expectShare(got.filter(({ port }) => port === 8081).length, got.length, 25);
      for (const { headers } of got) expect(headers).toHaveProperty("x-forwarded-client-cert");
    }
  },
};
