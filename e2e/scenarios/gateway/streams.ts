import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { expectShare } from "../share.ts";
import { atGateway, byTls } from "./at-gateway.ts";
import { certificateSecret } from "./certificates.ts";

const host = "streams.example";
const web = { name: "web", namespace: "shop" };
const ways = { tcp: atGateway(host, 9000), tls: byTls(host) };

export const streams: Scenario = {
  title: "connections of TCP, and of TLS that ends at the gateway, go by weight, whatever is in them",
  proves: [
    "Gateway.listeners.protocol",
    "Gateway.listeners.tls.certificateRefs",
    "RouteTable.split",
    "RouteTable.split.destination",
    "RouteTable.split.version",
  ],
  secrets: async () => [await certificateSecret("streams", host)],
  wishes: () => [
    gateway({
      listeners: [
        { name: "tcp", port: 9000, protocol: "TCP" },
        { name: "tls", port: 443, protocol: "TLS", tls: { certificateRefs: [{ name: "streams" }] } },
      ],
    }),
    routeTable({
      gateways: [{ name: "streams-1" }],
      hosts: [host],
      rules: [
        {
          split: [
            { destination: web, port: 8080, version: "v1", weight: 3 },
            { destination: web, port: 8080, version: "v2", weight: 1 },
          ],
        },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status(ways.tcp)) === 200 && (await scene.status(ways.tls)) === 200,
  async check(scene) {
    for (const ask of [ways.tcp, ways.tls]) {
      const answers = await scene.many(300, ask);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expectShare(answers.filter(({ headers }) => headers["x-version"] === "v2").length, answers.length, 25);
    }
    // A gateway that reads requests would say so, and know no such host.
    const { headers } = await scene.received({ ...ways.tcp, headers: { host: "any.example" } });
    expect(headers).toMatchObject({ host: "any.example" });
    expect(headers).not.toHaveProperty("x-forwarded-for");
    expect((await scene.one(ways.tls)).tls?.subjectAltName).toBe(`DNS:${host}`);
  },
};
