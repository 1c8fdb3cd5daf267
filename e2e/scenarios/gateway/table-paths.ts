import { expect } from "vitest";
import { routeTable, type Scenario } from "../scenario.ts";
import { atGateway, plainGateway } from "./at-gateway.ts";

const asked = atGateway("paths.example");
const split = [{ destination: { name: "web", namespace: "shop" }, port: 8080 }];
const under = (prefix: string) => [{ path: { prefix } }];

export const tablePaths: Scenario = {
  title: "paths are replaced at a gateway: whole, by expression, and by prefix where clients are sent on",
  proves: [
    "RouteTable.rewrite",
    "RouteTable.rewrite.path",
    "RouteTable.rewrite.regex",
    "RouteTable.redirect",
    "RouteTable.redirect.prefix",
  ],
  wishes: () => [
    plainGateway,
    routeTable({
      gateways: [{ name: "table-paths-1" }],
      hosts: ["paths.example"],
      rules: [
        { match: under("/whole"), rewrite: { path: "/new", host: "inner.example" }, split },
        {
          match: under("/swap"),
          rewrite: { regex: { match: "^/swap/([^/?]+)/([^/?]+)$", substitute: String.raw`/\2/\1` } },
          split,
        },
        { match: under("/old"), redirect: { prefix: "/new", code: 308 } },
        { split },
      ],
      defaults: { headers: { response: { set: { "x-in": "paths" } } } },
    }),
  ],
  inForce: (scene) => scene.marked("x-in", "paths", asked),
  async check(scene) {
    const whole = await scene.received({ ...asked, path: "/whole/x?q=1" });
    expect([whole.path, whole.headers["host"]]).toEqual(["/new?q=1", "inner.example"]);
    expect((await scene.received({ ...asked, path: "/swap/a/b?q=1" })).path).toBe("/b/a?q=1");
    expect((await scene.received({ ...asked, path: "/older" })).path).toBe("/older");
    const location = async (path: string) => {
      const { status, headers } = await scene.one({ ...asked, path });
      return `${status} ${headers["location"]}`;
    };
    expect(await location("/old")).toBe("308 http://paths.example/new");
    expect(await location("/old/page?q=1")).toBe("308 http://paths.example/new/page?q=1");
  },
};
