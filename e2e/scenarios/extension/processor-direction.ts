import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import { processor } from "./processing.ts";

export const processorDirection: Scenario = {
  title: "a service processes what one workload sends to a port, and nothing of what others send",
  proves: ["ExtensionPolicy.externalProcessing.direction", "ExtensionPolicy.externalProcessing.ports"],
  wishes: () => [
    extension({
      targets: [{ kind: "Workload", name: "back", namespace: "office" }],
      externalProcessing: [processor(1, 8080, { direction: "outbound" })],
    }),
  ],
  inForce: async (scene) => (await scene.received({ from: "back" })).headers["x-processed"] === "9001",
  async check(scene) {
    expect((await scene.received({ from: "front" })).headers).not.toHaveProperty("x-processed");
    expect((await scene.received({ from: "back", port: 8081 })).headers).not.toHaveProperty("x-processed");
  },
};
