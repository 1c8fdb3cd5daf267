import { expect } from "vitest";
import { versionsOf } from "../connection/versions.ts";
import { machine, type Scenario } from "../scenario.ts";
import { member, ofMachines, plain } from "./own-service.ts";

export const addresses: Scenario = {
  title: "requests go to every address of a machine, without mTLS where its labels turn that off",
  proves: ["ExternalWorkload.addresses", "ExternalWorkload.labels"],
  service: ofMachines("addresses"),
  wishes: (_, addressOf) => [
    machine({
      ...member("addresses", addressOf("machine")),
      addresses: [addressOf("machine"), addressOf("bare")],
      labels: { app: "addresses", ...plain },
    }),
  ],
  inForce: async (scene) => (await versionsOf(scene, {})) === "bare metal",
  async check(scene) {
    expect((await scene.received()).headers).not.toHaveProperty("x-forwarded-client-cert");
  },
};
