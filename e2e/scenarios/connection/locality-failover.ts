import { expect } from "vitest";
import { connection, external, type Scenario } from "../scenario.ts";
import { leftOutFor } from "./outliers.ts";
import { versionsOf } from "./versions.ts";

const asked = { pod: "stranger", headers: { host: "far.example:8080" } };

export const localityFailover: Scenario = {
  title: "another region takes over that is named for it, and a third one after that",
  proves: ["ConnectionPolicy.loadBalancer.locality"],
  wishes: (_, addressOf) => [
    external({
      hosts: ["far.example"],
      ports: [{ name: "http", port: 8080, protocol: "HTTP" }],
      resolution: "static",
      endpoints: [
        { address: addressOf("vault"), locality: "us/two" },
        { address: addressOf("web-v2"), locality: "asia/three" },
      ],
    }),
    connection({
      targets: [{ kind: "ExternalService", name: "locality-failover-1" }],
      outlierDetection: leftOutFor("6s"),
      loadBalancer: { locality: { failover: [{ from: "eu", to: "asia" }] } },
    }),
  ],
  inForce: async (scene) => (await versionsOf(scene, asked)) === "v2",
  async check(scene) {
    expect(await versionsOf(scene, { ...asked, from: "back" })).toBe("v1");
    const failing = { ...asked, app: { failures: 1, status: 500 }, tag: scene.newTag() };
    expect(await scene.status(failing)).toBe(500);
    expect(await versionsOf(scene, asked)).toBe("v1");
  },
};
