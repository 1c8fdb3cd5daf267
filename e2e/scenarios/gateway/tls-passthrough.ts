import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway } from "./at-gateway.ts";

/** The backend's certificate is signed by nobody. */
const asked = (host: string) => ({ ...atGateway(host, 8443), tls: { serverName: host } });

export const tlsPassthrough: Scenario = {
  title: "TLS passes through to a pod with a certificate of its own, by the server name that was asked for",
  proves: [
    "Gateway.listeners.protocol",
    "Gateway.listeners.tls.mode",
    "RouteTable.hosts",
    "RouteTable.split",
  ],
  wishes: () => [
    gateway({ listeners: [{ name: "tls", port: 443, protocol: "TLS", tls: { mode: "Passthrough" } }] }),
    routeTable({
      gateways: [{ name: "tls-passthrough-1" }],
      hosts: ["passed.example"],
      rules: [{ split: [{ destination: { name: "stranger", namespace: "office" }, port: 8443 }] }],
    }),
  ],
  inForce: async (scene) => (await scene.status(asked("passed.example"))) === 200,
  async check(scene) {
    const { tls, body } = await scene.one(asked("passed.example"));
    expect(tls?.subjectAltName).toBe("DNS:outside.example");
    expect(JSON.parse(body)).toMatchObject({ version: "outside", port: 8443, serverName: "passed.example" });
    expect(await scene.one(asked("other.example"))).toMatchObject({ status: 0, body: "ECONNRESET" });
  },
};
