import { expect } from "vitest";
import { gateway, routeTable, type Scenario } from "../scenario.ts";
import { byTls } from "./at-gateway.ts";
import { certificateSecret } from "./certificates.ts";
import { tlsAlerts } from "./tls-alerts.ts";

const [modern, chosen] = ["modern.example", "chosen.example"];
const [strong, weaker] = ["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"];
const listener = (name: string, tls: object) => ({
  ...{ name, port: 443, protocol: "HTTPS", hosts: [`${name}.example`] },
  tls: { certificateRefs: [{ name }], ...tls },
});

export const tlsStrength: Scenario = {
  title: "clients with an older TLS, or with other cipher suites, are refused",
  proves: ["Gateway.listeners.tls.minVersion", "Gateway.listeners.tls.cipherSuites"],
  secrets: () => Promise.all([certificateSecret("modern", modern), certificateSecret("chosen", chosen)]),
  wishes: () => [
    gateway({
      listeners: [
        listener("modern", { minVersion: "TLSV1_3" }),
        listener("chosen", { minVersion: "TLSV1_2", cipherSuites: [strong] }),
      ],
    }),
    routeTable({
      gateways: [{ name: "tls-strength-1" }],
      hosts: [modern, chosen],
      rules: [{ directResponse: { status: 200 } }],
    }),
  ],
  inForce: async (scene) =>
    (await scene.status(byTls(modern))) === 200 && (await scene.status(byTls(chosen))) === 200,
  async check(scene) {
    const old = { maxVersion: "TLSv1.2" } as const;
    expect(await scene.one(byTls(modern))).toMatchObject({ status: 200, tls: { version: "TLSv1.3" } });
    expect((await scene.one(byTls(modern, old))).body).toBe(tlsAlerts.protocolVersion);
    expect((await scene.one(byTls(chosen, old))).tls).toMatchObject({
      version: "TLSv1.2",
      cipher: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    });
    const other = await scene.one(byTls(chosen, { ...old, ciphers: weaker }));
    expect(other.body).toBe(tlsAlerts.handshakeFailure);
  },
};
