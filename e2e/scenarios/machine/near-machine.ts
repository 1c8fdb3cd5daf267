import { expect } from "vitest";
import { leftOutFor } from "../connection/outliers.ts";
import { versionsOf } from "../connection/versions.ts";
import { connection, machine, type Scenario } from "../scenario.ts";
import { member, ofMachines, plain } from "./own-service.ts";

export const nearMachine: Scenario = {
  title: "clients call the machine in their own zone",
  proves: ["ExternalWorkload.locality"],
  service: ofMachines("near-machine"),
  wishes: (target, addressOf) => [
    machine({ ...member("near-machine", addressOf("machine")), locality: "eu/one" }),
    machine({
      ...member("near-machine", addressOf("bare")),
      locality: "us/two",
      labels: { app: "near-machine", ...plain },
    }),
    connection({ targets: [target], outlierDetection: leftOutFor("6s") }),
  ],
  inForce: async (scene) =>
    (await versionsOf(scene, {})) === "metal" && (await versionsOf(scene, { from: "back" })) === "bare",
  async check(scene) {
    expect(await scene.status({ app: { failures: 1, status: 500 }, tag: scene.newTag() })).toBe(500);
    expect(await versionsOf(scene, {})).toBe("bare");
  },
};
