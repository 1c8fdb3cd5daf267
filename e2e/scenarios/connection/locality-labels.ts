import { expect } from "vitest";
import { connection, type Scenario } from "../scenario.ts";
import { leftOutFor } from "./outliers.ts";
import { versionsOf } from "./versions.ts";

export const localityLabels: Scenario = {
  title: "endpoints that share a label with the client come before those in its own region",
  proves: ["ConnectionPolicy.loadBalancer.locality"],
  wishes: (target) => [
    connection({
      targets: [target],
      outlierDetection: leftOutFor("6s"),
      loadBalancer: { locality: { failoverPriority: ["version"] } },
    }),
  ],
  inForce: async (scene) => (await versionsOf(scene, { from: "back" })) === "v1",
  async check(scene) {
    expect(await versionsOf(scene, { from: "front" })).toBe("v1");
    const failing = { from: "back", app: { failures: 1, status: 500 }, tag: scene.newTag() };
    expect(await scene.status(failing)).toBe(500);
    expect(await versionsOf(scene, { from: "back" })).toBe("v2");
  },
};
