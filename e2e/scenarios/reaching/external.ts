import { expect } from "vitest";
import { external as externalService, type Scenario, traffic } from "../scenario.ts";

const asked = { pod: "web-v1", headers: { host: "outside.example:8080" } };

export const external: Scenario = {
  title: "a host outside of the mesh is called at the addresses given, with a policy of its own",
  proves: [
    "ExternalService.hosts",
    "ExternalService.ports",
    "ExternalService.location",
    "ExternalService.resolution",
    "ExternalService.endpoints",
  ],
  wishes: (_, addressOf) => [
    externalService({
      hosts: ["outside.example"],
      ports: [{ name: "http", port: 8080, protocol: "HTTP" }],
      location: "outside",
      resolution: "static",
      endpoints: [{ address: addressOf("stranger") }],
    }),
    traffic({
      targets: [{ kind: "ExternalService", name: "external-1" }],
      defaults: { headers: { response: { set: { "x-outside": "yes" } } } },
    }),
  ],
  inForce: (scene) => scene.marked("x-outside", "yes", asked),
  async check(scene) {
    expect(await scene.version(asked)).toBe("outside");
    expect((await scene.received({ ...asked, from: "back" })).headers).not.toHaveProperty(
      "x-forwarded-client-cert",
    );
  },
};
