import { expect } from "vitest";
import { routeTable, type Scenario } from "../scenario.ts";
import { atGateway, plainGateway } from "./at-gateway.ts";

const asked = atGateway("labelled.example");
const part = (order: number, rules: Readonly<Record<string, string>>) => ({
  ...routeTable({
    order,
    rules: Object.entries(rules).map(([path, body]) => ({
      match: [{ path: { prefix: path } }],
      directResponse: { status: 200, body },
    })),
  }),
  labels: { part: "labelled" },
});

export const delegationByLabel: Scenario = {
  title: "of tables that are delegated to by label the one with the lower order is asked first",
  proves: ["RouteTable.delegate", "RouteTable.order"],
  wishes: () => [
    plainGateway,
    routeTable({
      gateways: [{ name: "delegation-by-label-1" }],
      hosts: ["labelled.example"],
      rules: [{ delegate: { labels: { part: "labelled" } } }],
    }),
    part(30, { "/": "third" }),
    part(10, { "/one": "first" }),
    part(20, { "/one": "second", "/two": "second" }),
  ],
  inForce: async (scene) => (await scene.one({ ...asked, path: "/one" })).body === "first",
  async check(scene) {
    expect(await scene.one({ ...asked, path: "/two" })).toMatchObject({ status: 200, body: "second" });
    expect(await scene.one({ ...asked, path: "/three" })).toMatchObject({ status: 200, body: "third" });
  },
};
