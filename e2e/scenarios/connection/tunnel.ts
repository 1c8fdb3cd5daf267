import { expect } from "vitest";
import { connection, external, type Scenario } from "../scenario.ts";
import type { Scene } from "../scene.ts";

/** An address on the network of the pods that none of them has. */
const nobodys = (address: string) => address.replace(/\d+\.\d+$/, "200.1");

const asked = (scene: Scene) => ({
  address: nobodys(scene.addressOf("stranger")),
  port: 3128,
  timeoutMs: 1_000,
});

export const tunnel: Scenario = {
  title: "TCP connections are led to another host through a forward proxy",
  proves: ["ConnectionPolicy.tunnel"],
  wishes: (_, addressOf) => [
    external({
      hosts: ["forward.example"],
      addresses: [nobodys(addressOf("stranger"))],
      ports: [{ port: 3128, targetPort: 8080, protocol: "TCP" }],
      resolution: "static",
      endpoints: [{ address: addressOf("stranger") }],
    }),
    connection({
      targets: [{ kind: "ExternalService", name: "tunnel-1" }],
      tunnel: { protocol: "CONNECT", host: addressOf("web-v2"), port: 8080 },
    }),
  ],
  inForce: async (scene) => (await scene.version(asked(scene))) === "v2",
  async check(scene) {
    expect((await scene.received(asked(scene))).headers).not.toHaveProperty("x-forwarded-client-cert");
  },
};
