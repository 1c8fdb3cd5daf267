import { expect } from "vitest";
import { machine, type Scenario } from "../scenario.ts";
import { member } from "./own-service.ts";

export const unnamedPort: Scenario = {
  title: "a machine whose port has no name is called at the number of the Service's target port",
  proves: ["ExternalWorkload.ports.port"],
  service: { selector: { app: "unnamed-port" }, ports: { 8080: 8080, 8081: "web" } },
  wishes: (_, addressOf) => [
    machine({ ...member("unnamed-port", addressOf("machine")), ports: [{ port: 8080 }] }),
  ],
  inForce: async (scene) => (await scene.version()) === "metal",
  async check(scene) {
    expect(await scene.status({ port: 8081 })).toBe(503);
  },
};
