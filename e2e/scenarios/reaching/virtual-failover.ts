import { expect } from "vitest";
import { leftOutFor } from "../connection/outliers.ts";
import { versionsOf } from "../connection/versions.ts";
import { connection, type Scenario, virtual } from "../scenario.ts";

const asked = { pod: "stranger", headers: { host: "near.example:8080" } };

export const virtualFailover: Scenario = {
  title:
    "the nearest endpoint of a backend serves a virtual destination, and a far one while that is left out",
  proves: ["VirtualDestination.failover.by"],
  wishes: () => [
    virtual({
      hosts: ["near.example"],
      ports: [{ port: 8080, protocol: "HTTP" }],
      backends: [{ selector: { name: "web", namespace: "shop" } }],
      failover: { by: "locality" },
    }),
    connection({ targets: [{ name: "web", namespace: "shop" }], outlierDetection: leftOutFor("6s") }),
  ],
  inForce: async (scene) => (await versionsOf(scene, asked)) === "v1",
  async check(scene) {
    expect(await scene.status({ ...asked, app: { failures: 1, status: 500 }, tag: scene.newTag() })).toBe(
      500,
    );
    expect(await versionsOf(scene, asked)).toBe("v2");
  },
};
