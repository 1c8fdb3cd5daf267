import { versionsOf } from "../connection/versions.ts";
import { connection, machine, type Scenario } from "../scenario.ts";
import { expectShare } from "../share.ts";
import { member, ofMachines, plain } from "./own-service.ts";

export const weight: Scenario = {
  title: "machines get requests by their weights",
  proves: ["ExternalWorkload.weight"],
  service: ofMachines("weight"),
  wishes: (target, addressOf) => [
    machine({ ...member("weight", addressOf("machine")), weight: 9 }),
    machine({ ...member("weight", addressOf("bare")), weight: 1, labels: { app: "weight", ...plain } }),
    connection({ targets: [target], loadBalancer: { algorithm: "roundRobin" } }),
  ],
  inForce: async (scene) => (await versionsOf(scene, {})) === "bare metal",
  async check(scene) {
    const answers = await scene.many(300);
    expectShare(answers.filter(({ headers }) => headers["x-version"] === "metal").length, 300, 90);
  },
};
