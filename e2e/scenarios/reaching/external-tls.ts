import { expect } from "vitest";
import { external, type Scenario } from "../scenario.ts";

const asked = (host: string) => ({ pod: "web-v1", headers: { host: `${host}:8080` } });

export const externalTls: Scenario = {
  title: "proxies open TLS to an outside host, ask for a name, and verify its certificate unless told not to",
  proves: ["ExternalService.tls.mode", "ExternalService.tls.sni", "ExternalService.tls.insecureSkipVerify"],
  wishes: (_, addressOf) =>
    [true, false].map((insecureSkipVerify) =>
      external({
        hosts: [insecureSkipVerify ? "trusting.example" : "careful.example"],
        ports: [{ name: "http", port: 8080, targetPort: 8443, protocol: "HTTP" }],
        resolution: "static",
        endpoints: [{ address: addressOf("stranger") }],
        tls: { mode: "simple", sni: "inner.example", ...(insecureSkipVerify && { insecureSkipVerify }) },
      }),
    ),
  inForce: async (scene) =>
    (await scene.version(asked("trusting.example"))) === "outside" &&
    (await scene.status(asked("careful.example"))) === 503,
  async check(scene) {
    expect(await scene.received(asked("trusting.example"))).toMatchObject({
      port: 8443,
      serverName: "inner.example",
    });
    const tag = scene.newTag();
    expect(await scene.status({ ...asked("careful.example"), tag })).toBe(503);
    expect(await scene.seen(tag)).toEqual([]);
  },
};
