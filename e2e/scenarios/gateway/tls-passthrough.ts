import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway } from "./at-gateway.ts";

const listener = {
  ...{ name: "tls", port: 443, protocol: "TLS", hosts: ["*.passed.example"] },
  tls: { mode: "Passthrough" },
};
/** The backend's certificate is signed by nobody. */
const asked = (host: string) => ({ ...atGateway(host, 8443), tls: { serverName: host } });

export const tlsPassthrough: Scenario = {
  title: "TLS passes through to a pod with a certificate of its own, by the server name that was asked for",
  proves: [
    "Gateway.listeners.protocol",
    "Gateway.listeners.hosts",
    "Gateway.listeners.tls.mode",
    "RouteTable.hosts",
  ],
  wishes: () => [
    gateway({ listeners: [listener] }),
    routeTable({
      gateways: [{ name: "tls-passthrough-1" }],
      hosts: ["a.passed.example", "b.passed.example", "unserved.example"],
      rules: [{ split: [{ destination: { name: "stranger", namespace: "office" }, port: 8443 }] }],
    }),
  ],
  inForce: async (scene) => (await scene.status(asked("a.passed.example"))) === 200,
  async check(scene) {
    const { tls, body } = await scene.one(asked("b.passed.example"));
    expect(tls?.subjectAltName).toBe("DNS:outside.example");
    expect(JSON.parse(body)).toMatchObject({ port: 8443, serverName: "b.passed.example" });
    // Names of the table alone, of the listener alone, and of neither.
    for (const host of ["unserved.example", "c.passed.example", "other.example"])
      expect(await scene.one(asked(host)), host).toMatchObject({ status: 0, body: "ECONNRESET" });
  },
};
