import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway, byTls } from "./at-gateway.ts";
import { certificateSecret } from "./certificates.ts";

const web = { name: "web", namespace: "shop" };
const hosts = ["one.secure.example", "two.secure.example"];
const listener = (name: string, host: string) => ({
  ...{ name, port: 443, protocol: "HTTPS", hosts: [host] },
  tls: { mode: "Terminate", certificateRefs: [{ name: `terminate-${name}` }] },
});

export const tlsTerminate: Scenario = {
  title: "TLS ends at the gateway, with the certificate of the host that was asked for",
  proves: [
    "Gateway.listeners.protocol",
    "Gateway.listeners.tls.mode",
    "Gateway.listeners.tls.certificateRefs",
    "RouteTable.hosts",
  ],
  secrets: () =>
    Promise.all([
      certificateSecret("terminate-one", "one.secure.example"),
      certificateSecret("terminate-two", "two.secure.example"),
    ]),
  wishes: () => [
    gateway({ listeners: [listener("one", "one.secure.example"), listener("two", "two.secure.example")] }),
    routeTable({
      gateways: [{ name: "tls-terminate-1" }],
      hosts,
      rules: [{ split: [{ destination: web, port: 8080 }] }],
      defaults: { headers: { response: { set: { "x-in": "tls" } } } },
    }),
  ],
  inForce: async (scene) =>
    (await Promise.all(hosts.map((host) => scene.marked("x-in", "tls", byTls(host))))).every(Boolean),
  async check(scene) {
    for (const host of hosts) {
      const { tls, body } = await scene.one(byTls(host));
      expect(tls?.subjectAltName).toBe(`DNS:${host}`);
      expect(JSON.parse(body)).toMatchObject({ headers: { "x-forwarded-proto": "https" } });
    }
    // The gateway has no certificate for other names, and does not speak plain HTTP there.
    expect(await scene.one(byTls("three.secure.example"))).toMatchObject({ status: 0, body: "ECONNRESET" });
    expect(await scene.status(atGateway("one.secure.example", 8443))).toBe(0);
  },
};
