import { expect } from "vitest";
import { machine, type Scenario } from "../scenario.ts";
import type { Scene } from "../scene.ts";
import { member, ofMachines } from "./own-service.ts";

/** Connections from the gateway to the machine. */
const led = async (scene: Scene) =>
  (await scene.connections("machine")).includes(`${scene.addressOf("crossing")}:`);

export const network: Scenario = {
  title:
    "a machine on another network is called through the gateway of that network, with mTLS to the machine itself",
  proves: ["ExternalWorkload.network"],
  service: ofMachines("network"),
  wishes: (_, addressOf) => [
    machine({ ...member("network", addressOf("machine")), network: "far" }),
    {
      kind: "RawConfig",
      spec: {
        dialect: "istio",
        manifest: {
          apiVersion: "networking.istio.io/v1",
          kind: "Gateway",
          metadata: { name: "crossing", namespace: "edge" },
          spec: {
            selector: { app: "crossing" },
            servers: [
              {
                port: { number: 15443, name: "tls", protocol: "TLS" },
                tls: { mode: "AUTO_PASSTHROUGH" },
                hosts: ["*.local"],
              },
            ],
          },
        },
      },
    },
  ],
  inForce: async (scene) => (await scene.version()) === "metal",
  async check(scene) {
    expect((await scene.received()).headers["x-forwarded-client-cert"]).toContain(
      "By=spiffe://cluster.local/ns/shop/sa/machine",
    );
    expect(await led(scene)).toBe(true);
  },
};
