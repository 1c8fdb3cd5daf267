import { expect } from "vitest";
import { waitUntil } from "../../src/testbed/wait-until.ts";
import { connection, type Scenario } from "../scenario.ts";
import { leftOutFor } from "./outliers.ts";
import { versionsOf } from "./versions.ts";

export const locality: Scenario = {
  title:
    "the endpoint in the client's own zone is used while it is well, for clients whose policy does not turn that off",
  proves: ["ConnectionPolicy.loadBalancer.locality"],
  wishes: (target) => [
    connection({
      targets: [target],
      outlierDetection: leftOutFor("6s"),
      loadBalancer: { locality: { enabled: true } },
    }),
    connection({
      targets: [target],
      sources: [{ namespaces: ["office"], labels: { tier: "inner" } }],
      loadBalancer: { locality: { enabled: false } },
    }),
  ],
  inForce: async (scene) => (await versionsOf(scene, {})) === "v1",
  async check(scene) {
    expect(await versionsOf(scene, { from: "back" })).toBe("v1 v2");
    expect(await scene.status({ app: { failures: 1, status: 500 }, tag: scene.newTag() })).toBe(500);
    expect(await versionsOf(scene, {})).toBe("v2");
    await waitUntil("the near one is back", async () => (await versionsOf(scene, {})) === "v1");
  },
};
