import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway } from "./at-gateway.ts";

const served = ["one.example", "a.many.example"];
const unserved = ["two.example", "many.example"];

export const listenerHosts: Scenario = {
  title: "a listener serves its own hosts of those that a table is for",
  proves: ["Gateway.listeners.hosts"],
  wishes: () => [
    gateway({
      listeners: [{ name: "http", port: 80, protocol: "HTTP", hosts: ["one.example", "*.many.example"] }],
    }),
    routeTable({
      gateways: [{ name: "listener-hosts-1" }],
      hosts: [...served, ...unserved],
      rules: [{ directResponse: { status: 200, body: "served" } }],
    }),
  ],
  inForce: async (scene) => (await scene.status(atGateway("one.example"))) === 200,
  async check(scene) {
    for (const host of served)
      expect(await scene.one(atGateway(host)), host).toMatchObject({ body: "served" });
    for (const host of unserved) expect(await scene.status(atGateway(host)), host).toBe(404);
  },
};
