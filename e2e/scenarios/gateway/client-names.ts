import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { byTls } from "./at-gateway.ts";
import { certificateSecret, clientIdentity, clients } from "./certificates.ts";
import { tlsAlerts } from "./tls-alerts.ts";

const host = "named.example";
const names = ["buyer", "seller", "thief"].map((name) => `spiffe://clients.example/${name}`);
const [buyer, seller, thief] = await Promise.all(names.map((name) => clientIdentity(clients, name)));

export const clientNames: Scenario = {
  title: "of clients with a certificate of the right CA, those with one of the names get in",
  proves: ["Gateway.listeners.tls.clientValidation.subjectAltNames"],
  secrets: async () => [await certificateSecret("named", host, clients)],
  wishes: () => [
    gateway({
      listeners: [
        {
          ...{ name: "https", port: 443, protocol: "HTTPS", hosts: [host] },
          tls: {
            certificateRefs: [{ name: "named" }],
            clientValidation: { caRefs: [{ name: "named" }], subjectAltNames: names.slice(0, 2) },
          },
        },
      ],
    }),
    routeTable({
      gateways: [{ name: "client-names-1" }],
      hosts: [host],
      rules: [{ split: [{ destination: { name: "web", namespace: "shop" }, port: 8080 }] }],
    }),
  ],
  inForce: async (scene) => (await scene.status(byTls(host, buyer))) === 200,
  async check(scene) {
    expect(await scene.status(byTls(host, seller))).toBe(200);
    const refused = await scene.one(byTls(host, { ...thief, maxVersion: "TLSv1.2" }));
    expect(refused.body).toBe(tlsAlerts.certificateUnknown);
  },
};
