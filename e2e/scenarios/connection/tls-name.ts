import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";
import { outsideTls } from "./outside-tls.ts";

export const tlsName: Scenario = {
  title: "proxies open TLS and ask for a name of the policy's",
  proves: ["ConnectionPolicy.tls.mode", "ConnectionPolicy.tls.sni"],
  service: outsideTls,
  wishes: (target) => [connection({ targets: [target], tls: { mode: "simple", sni: "inner.example" } })],
  inForce: async (scene) => (await scene.version()) === "outside",
  async check(scene) {
    expect(await scene.received()).toMatchObject({ port: 8444, serverName: "inner.example" });
    expect(await scene.status({ port: 8081 })).toBe(503);
  },
};
