import { expect } from "vitest";
import { machine, type Scenario } from "../scenario.ts";
import { member, ofMachines } from "./own-service.ts";

export const impostor: Scenario = {
  title: "a machine that has a certificate for another account than its own is not called",
  proves: ["ExternalWorkload.identity.serviceAccount"],
  service: ofMachines("impostor"),
  wishes: (_, addressOf) => [
    machine({ ...member("impostor", addressOf("machine")), identity: { serviceAccount: "front" } }),
  ],
  inForce: async (scene) => (await scene.one()).body.includes("remote connection failure"),
  async check(scene) {
    const tag = scene.newTag();
    expect(await scene.status({ tag })).toBe(503);
    expect(await scene.seen(tag)).toEqual([]);
  },
};
