import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { byTls } from "./at-gateway.ts";
import { caSecret, certificateSecret, clientIdentity, clients, strangers } from "./certificates.ts";
import { tlsAlerts } from "./tls-alerts.ts";

const buyer = await clientIdentity(clients, "spiffe://clients.example/buyer");
const unknown = await clientIdentity(strangers, "spiffe://clients.example/buyer");
/** Where the CA of the clients is, by the Secret of the certificate. */
const cas = { inside: "inside", beside: "beside-cacert", apart: "apart-ca" };
const listeners = Object.entries(cas).map(([name, ca]) => ({
  ...{ name, port: 443, protocol: "HTTPS", hosts: [`${name}.mutual.example`] },
  tls: { certificateRefs: [{ name }], clientValidation: { caRefs: [{ name: ca }] } },
}));
const hosts = listeners.flatMap((listener) => listener.hosts);

export const clientCertificates: Scenario = {
  title: "clients need a certificate of the right CA, wherever the CA's Secret is",
  proves: ["Gateway.listeners.tls.clientValidation"],
  secrets: async () => [
    await certificateSecret("inside", "inside.mutual.example", clients),
    await certificateSecret("beside", "beside.mutual.example"),
    caSecret("beside-cacert", clients),
    await certificateSecret("apart", "apart.mutual.example"),
    caSecret("apart-ca", clients),
  ],
  wishes: () => [
    gateway({ listeners }),
    routeTable({
      gateways: [{ name: "client-certificates-1" }],
      hosts,
      rules: [{ split: [{ destination: { name: "web", namespace: "shop" }, port: 8080 }] }],
    }),
  ],
  inForce: async (scene) =>
    (await Promise.all(hosts.map((host) => scene.status(byTls(host, buyer))))).every(
      (status) => status === 200,
    ),
  async check(scene) {
    for (const host of hosts) {
      const { headers } = await scene.received(byTls(host, buyer));
      expect(headers["x-forwarded-client-cert"], host).toContain("URI=spiffe://clients.example/buyer");
      // TLS 1.2 tells the client before it sends anything.
      const refused = async (shown: object) =>
        (await scene.one(byTls(host, { ...shown, maxVersion: "TLSv1.2" }))).body;
      expect(await refused({}), host).toBe(tlsAlerts.handshakeFailure);
      expect(await refused(unknown), host).toBe(tlsAlerts.unknownCa);
      expect(await scene.status(byTls(host)), host).toBe(0);
      expect(await scene.status(byTls(host, unknown)), host).toBe(0);
    }
  },
};
