import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { atGateway } from "./at-gateway.ts";
import { certificateSecret, rsaCertificateSecret } from "./certificates.ts";

const host = "both.example";
const rsaName = "https://rsa.both.example/";
const asked = (ciphers: string) => ({
  ...atGateway(host, 8443),
  tls: { serverName: host, maxVersion: "TLSv1.2", ciphers } as const,
});
const ways = {
  [`DNS:${host}`]: asked("ECDHE-ECDSA-AES128-GCM-SHA256"),
  [`URI:${rsaName}`]: asked("ECDHE-RSA-AES128-GCM-SHA256"),
};

export const twoCertificates: Scenario = {
  title: "a host has an RSA and an ECDSA certificate, and clients get the one that they can check",
  proves: ["Gateway.listeners.tls.certificateRefs"],
  secrets: async () => [
    await certificateSecret("both-ecdsa", host),
    await rsaCertificateSecret("both-rsa", rsaName),
  ],
  wishes: () => [
    gateway({
      listeners: [
        {
          ...{ name: "https", port: 443, protocol: "HTTPS", hosts: [host] },
          tls: { certificateRefs: [{ name: "both-rsa" }, { name: "both-ecdsa" }] },
        },
      ],
    }),
    routeTable({
      gateways: [{ name: "two-certificates-1" }],
      hosts: [host],
      rules: [{ directResponse: { status: 200 } }],
    }),
  ],
  inForce: async (scene) =>
    (await Promise.all(Object.values(ways).map((way) => scene.status(way)))).every(
      (status) => status === 200,
    ),
  async check(scene) {
    for (const [name, way] of Object.entries(ways))
      expect((await scene.one(way)).tls?.subjectAltName).toBe(name);
  },
};
