import { expect } from "vitest";
import { external, type Scenario } from "../scenario.ts";

const asked = (host: string) => ({ pod: "stranger", headers: { host: `${host}:8080` } });

export const externalWildcard: Scenario = {
  title: "outside hosts below a name are found in DNS as they are called",
  proves: ["ExternalService.hosts", "ExternalService.resolution"],
  wishes: () => [
    external({
      hosts: ["*.pods.example"],
      ports: [{ name: "http", port: 8080, protocol: "HTTP" }],
      resolution: "dynamicDns",
    }),
  ],
  inForce: async (scene) => (await scene.version(asked("web-v2.pods.example"))) === "v2",
  async check(scene) {
    expect(await scene.version(asked("web-v1.pods.example"))).toBe("v1");
    expect(await scene.version(asked("web-v1.elsewhere.example"))).toBe("outside");
  },
};
