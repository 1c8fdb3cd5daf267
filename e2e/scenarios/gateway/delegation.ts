import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway } from "./at-gateway.ts";

const web = { name: "web", namespace: "shop" };
const asked = atGateway("parts.example", 8089);

export const delegation: Scenario = {
  title: "a table decides about the part that is delegated to it, and the rest of the part is not found",
  proves: [
    "Gateway.listeners.name",
    "RouteTable.gateways",
    "RouteTable.delegate",
    "RouteTable.match.headers",
    "RouteTable.match.methods",
    "RouteTable.split.version",
  ],
  wishes: () => [
    gateway({
      listeners: [
        { name: "alt", port: 81, protocol: "HTTP" },
        { name: "http", port: 80, protocol: "HTTP" },
      ],
    }),
    routeTable({
      gateways: [{ name: "delegation-1", listener: "alt" }],
      hosts: ["parts.example"],
      rules: [
        { match: [{ path: { prefix: "/part" }, methods: ["GET"] }], delegate: { name: "delegation-3" } },
        { split: [{ destination: web, port: 8080, version: "v1" }] },
      ],
      defaults: { headers: { response: { set: { "x-in": "delegation" } } } },
    }),
    routeTable({
      rules: [
        {
          match: [{ headers: [{ name: "x-next", value: { exact: "1" } }] }],
          split: [{ destination: web, port: 8080, version: "v2" }],
        },
        { match: [{ path: { exact: "/part/one" } }], directResponse: { status: 200, body: "one" } },
      ],
    }),
  ],
  inForce: (scene) => scene.marked("x-in", "delegation", asked),
  async check(scene) {
    expect(await scene.version(asked)).toBe("v1");
    expect(await scene.status(atGateway("parts.example"))).toBe(404);
    const next = { ...asked, path: "/part/x", headers: { ...asked.headers, "x-next": "1" } };
    expect(await scene.version(next)).toBe("v2");
    expect(await scene.version({ ...next, method: "POST" })).toBe("v1");
    expect(await scene.one({ ...asked, path: "/part/one" })).toMatchObject({ status: 200, body: "one" });
    expect(await scene.status({ ...asked, path: "/part/two" })).toBe(404);
  },
};
