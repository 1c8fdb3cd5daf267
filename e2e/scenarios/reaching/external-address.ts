import { expect } from "vitest";
import { external, type Scenario } from "../scenario.ts";
import type { Scene } from "../scene.ts";

/** Addresses on the network of the pods that none of them has. */
const nobodys = (address: string, last: number) => address.replace(/\d+\.\d+$/, `200.${last}`);

const asked = (scene: Scene, last: number) => ({
  address: nobodys(scene.addressOf("stranger"), last),
  port: 3030,
  timeoutMs: 1_000,
});

export const externalAddress: Scenario = {
  title: "TCP connections to an address of an external service go to its endpoints, those to others do not",
  proves: ["ExternalService.addresses"],
  wishes: (_, addressOf) => [
    external({
      hosts: ["stream.example"],
      addresses: [nobodys(addressOf("stranger"), 2), nobodys(addressOf("stranger"), 3)],
      ports: [{ port: 3030, targetPort: 8080, protocol: "TCP" }],
      resolution: "static",
      endpoints: [{ address: addressOf("stranger") }],
    }),
  ],
  inForce: async (scene) => (await scene.version(asked(scene, 2))) === "outside",
  async check(scene) {
    expect(await scene.version(asked(scene, 3))).toBe("outside");
    expect(await scene.status(asked(scene, 4))).toBe(0);
  },
};
