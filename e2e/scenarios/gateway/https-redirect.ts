import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway } from "./at-gateway.ts";

const asked = { ...atGateway("secure.example"), path: "/page?q=1" };

export const httpsRedirect: Scenario = {
  title: "a listener sends clients to https, and no request of theirs arrives",
  proves: ["Gateway.listeners.httpsRedirect"],
  wishes: () => [
    gateway({
      listeners: [
        { name: "http", port: 80, protocol: "HTTP", hosts: ["secure.example"], httpsRedirect: true },
        { name: "plain", port: 80, protocol: "HTTP", hosts: ["plain.example"] },
      ],
    }),
    routeTable({
      gateways: [{ name: "https-redirect-1" }],
      hosts: ["secure.example", "plain.example"],
      rules: [{ split: [{ destination: { name: "web", namespace: "shop" }, port: 8080 }] }],
    }),
  ],
  inForce: async (scene) => (await scene.status(asked)) === 301,
  async check(scene) {
    const tag = scene.newTag();
    const { status, headers } = await scene.one({ ...asked, tag });
    expect([status, headers["location"]]).toEqual([301, "https://secure.example/page?q=1"]);
    expect(await scene.seen(tag)).toEqual([]);
    expect(await scene.status(atGateway("plain.example"))).toBe(200);
  },
};
