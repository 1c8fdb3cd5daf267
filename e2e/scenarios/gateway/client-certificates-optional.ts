import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { byTls } from "./at-gateway.ts";
import { certificateSecret, clientIdentity, clients, strangers } from "./certificates.ts";
import { tlsAlerts } from "./tls-alerts.ts";

const host = "optional.example";
const buyer = await clientIdentity(clients, "spiffe://clients.example/buyer");
const unknown = await clientIdentity(strangers, "spiffe://clients.example/buyer");

export const clientCertificatesOptional: Scenario = {
  title: "clients may come without a certificate, not with one of another CA",
  proves: ["Gateway.listeners.tls.clientValidation.optional"],
  secrets: async () => [await certificateSecret("optional", host, clients)],
  wishes: () => [
    gateway({
      listeners: [
        {
          ...{ name: "https", port: 443, protocol: "HTTPS", hosts: [host] },
          tls: {
            certificateRefs: [{ name: "optional" }],
            clientValidation: { caRefs: [{ name: "optional" }], optional: true },
          },
        },
      ],
    }),
    routeTable({
      gateways: [{ name: "client-certificates-optional-1" }],
      hosts: [host],
      rules: [{ split: [{ destination: { name: "web", namespace: "shop" }, port: 8080 }] }],
    }),
  ],
  inForce: async (scene) => (await scene.status(byTls(host))) === 200,
  async check(scene) {
    const { headers } = await scene.received(byTls(host, buyer));
    expect(headers["x-forwarded-client-cert"]).toContain("URI=spiffe://clients.example/buyer");
    const refused = await scene.one(byTls(host, { ...unknown, maxVersion: "TLSv1.2" }));
    expect(refused.body).toBe(tlsAlerts.unknownCa);
  },
};
