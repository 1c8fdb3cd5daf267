import { expect } from "vitest";
import { versionsOf } from "../connection/versions.ts";
import { machine, type Scenario } from "../scenario.ts";
import { member, ofMachines, plain } from "./own-service.ts";

export const namespace: Scenario = {
  title: "a machine serves the Services of its own namespace, and no others",
  proves: ["ExternalWorkload.namespace"],
  service: ofMachines("namespace"),
  wishes: (_, addressOf) => [
    machine(member("namespace", addressOf("machine"))),
    machine({
      ...member("namespace", addressOf("bare")),
      namespace: "office",
      labels: { app: "namespace", ...plain },
    }),
  ],
  inForce: async (scene) => (await scene.version()) === "metal",
  async check(scene) {
    expect(await versionsOf(scene, {})).toBe("metal");
  },
};
