import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { expectShare } from "../share.ts";
import { atGateway } from "./at-gateway.ts";

const vault = { name: "vault", namespace: "safe" };
const web = { name: "web", namespace: "shop" };
const asked = atGateway("shop.example");

export const routes: Scenario = {
  title: "what comes in for a host goes by path, weight and redirect, and other hosts are not served",
  proves: [
    "Gateway.role",
    "Gateway.listeners.name",
    "Gateway.listeners.port",
    "Gateway.listeners.protocol",
    "RouteTable.gateways",
    "RouteTable.hosts",
    "RouteTable.match.path",
    "RouteTable.split",
    "RouteTable.split.destination",
    "RouteTable.redirect",
    "RouteTable.rewrite",
    "RouteTable.headers",
    "RouteTable.directResponse",
  ],
  wishes: () => [
    gateway({ listeners: [{ name: "http", port: 80, protocol: "HTTP" }] }),
    routeTable({
      gateways: [{ name: "routes-1" }],
      hosts: ["shop.example"],
      rules: [
        { match: [{ path: { exact: "/old" } }], redirect: { path: "/new", code: 301 } },
        {
          match: [{ path: { prefix: "/safe" } }],
          rewrite: { prefix: "/" },
          split: [{ destination: vault, port: 8081 }],
        },
        { match: [{ path: { exact: "/down" } }], directResponse: { status: 503, body: "closed" } },
        {
          split: [
            { destination: web, port: 8080, version: "v1", weight: 4 },
            { destination: web, port: 8080, version: "v2", weight: 1 },
          ],
        },
      ],
      defaults: { headers: { response: { set: { "x-in": "gateway" } } } },
    }),
  ],
  inForce: (scene) => scene.marked("x-in", "gateway", asked),
  async check(scene) {
    const answers = await scene.many(500, asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expectShare(answers.filter(({ headers }) => headers["x-version"] === "v2").length, answers.length, 20);
    const safe = await scene.received({ ...asked, path: "/safe/box" });
    expect(safe).toMatchObject({ port: 8081, path: "/box" });
    expect(safe.headers["x-forwarded-client-cert"]).toContain(
      "URI=spiffe://cluster.local/ns/edge/sa/entrance",
    );
    const moved = await scene.one({ ...asked, path: "/old" });
    expect([moved.status, moved.headers["location"]]).toEqual([301, "http://shop.example/new"]);
    expect(await scene.one({ ...asked, path: "/down" })).toMatchObject({ status: 503, body: "closed" });
    expect(await scene.status(atGateway("other.example"))).toBe(404);
  },
};
