import { expect } from "vitest";
import { external, type Scenario } from "../scenario.ts";

const asked = (host: string) => ({ pod: "web-v1", headers: { host: `${host}:8080` } });
const ports = [{ name: "http", port: 8080, protocol: "HTTP" }];

export const externalNames: Scenario = {
  title: "an outside host is found by its name in DNS, or by the names that its endpoints have",
  proves: ["ExternalService.resolution", "ExternalService.endpoints"],
  wishes: () => [
    external({ hosts: ["stranger.pods.example"], ports }),
    external({ hosts: ["both.example"], ports, endpoints: [{ address: "stranger.pods.example" }] }),
    external({
      ...{ hosts: ["turns.example"], ports, resolution: "dnsRoundRobin" },
      endpoints: [{ address: "stranger.pods.example" }],
    }),
  ],
  inForce: async (scene) => (await scene.version(asked("stranger.pods.example"))) === "outside",
  async check(scene) {
    expect(await scene.version(asked("both.example"))).toBe("outside");
    expect(await scene.version(asked("turns.example"))).toBe("outside");
  },
};
