import { expect } from "vitest";
import { routeTable, type Scenario } from "../scenario.ts";
import { atGateway, plainGateway } from "./at-gateway.ts";

const asked = atGateway("backends.example");
const to = (prefix: string, backend: object) => ({
  match: [{ path: { prefix } }],
  split: [{ destination: { name: "web", namespace: "shop" }, port: 8080, ...backend }],
});
const sent = { request: { set: { "x-sent": "over" } }, response: { set: { "x-back": "again" } } };

export const tableBackends: Scenario = {
  title:
    "requests at a gateway go to pods of some labels, to those in one cluster, with headers of their own",
  proves: ["RouteTable.split.subset", "RouteTable.split.cluster", "RouteTable.split.headers"],
  wishes: () => [
    plainGateway,
    routeTable({
      gateways: [{ name: "table-backends-1" }],
      hosts: ["backends.example"],
      rules: [
        to("/subset", { subset: { version: "v2" } }),
        to("/here", { cluster: "mesh", version: "v1" }),
        to("/away", { cluster: "moon" }),
        to("/", { headers: sent }),
      ],
    }),
  ],
  inForce: (scene) => scene.marked("x-back", "again", asked),
  async check(scene) {
    const answers = async (path: string) =>
      (await scene.many(20, { ...asked, path })).map(({ status, headers }) => [status, headers["x-version"]]);
    expect(new Set((await answers("/subset")).map(String))).toEqual(new Set(["200,v2"]));
    expect(new Set((await answers("/here")).map(String))).toEqual(new Set(["200,v1"]));
    expect(await scene.status({ ...asked, path: "/away" })).toBe(503);
    expect((await scene.received(asked)).headers["x-sent"]).toBe("over");
    expect((await scene.received({ ...asked, path: "/here" })).headers).not.toHaveProperty("x-sent");
  },
};
