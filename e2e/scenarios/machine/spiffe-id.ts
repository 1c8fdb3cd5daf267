import { expect } from "vitest";
import { machine, type Scenario } from "../scenario.ts";
import { member, ofMachines } from "./own-service.ts";

export const spiffeId: Scenario = {
  title: "a machine is called whose certificate has the SPIFFE ID that is said",
  proves: ["ExternalWorkload.identity.spiffeId"],
  service: ofMachines("spiffe-id"),
  wishes: (_, addressOf) => [
    machine({
      ...member("spiffe-id", addressOf("machine")),
      identity: { spiffeId: "spiffe://cluster.local/ns/shop/sa/machine" },
    }),
  ],
  inForce: async (scene) => (await scene.version()) === "metal",
  async check(scene) {
    expect((await scene.received()).headers["x-forwarded-client-cert"]).toContain(
      "By=spiffe://cluster.local/ns/shop/sa/machine",
    );
  },
};
