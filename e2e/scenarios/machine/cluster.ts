import { expect } from "vitest";
import { versionsOf } from "../connection/versions.ts";
import { machine, type Scenario } from "../scenario.ts";
import { member, ofMachines, plain } from "./own-service.ts";

export const cluster: Scenario = {
  title: "a machine joins the mesh of its cluster, and of no other",
  proves: ["ExternalWorkload.cluster"],
  service: ofMachines("cluster"),
  wishes: (_, addressOf) => [
    machine(member("cluster", addressOf("machine"))),
    machine({
      ...member("cluster", addressOf("bare")),
      cluster: "another",
      labels: { app: "cluster", ...plain },
    }),
  ],
  inForce: async (scene) => (await scene.version()) === "metal",
  async check(scene) {
    expect(await versionsOf(scene, {})).toBe("metal");
  },
};
