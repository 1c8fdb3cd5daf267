import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import { processor } from "./processing.ts";

export const processorOrder: Scenario = {
  title: "services process requests by phase and then by priority, at the port that is named only",
  proves: [
    "ExtensionPolicy.externalProcessing.name",
    "ExtensionPolicy.externalProcessing.service",
    "ExtensionPolicy.externalProcessing.phase",
    "ExtensionPolicy.externalProcessing.priority",
    "ExtensionPolicy.externalProcessing.ports",
  ],
  wishes: (target) => [
    extension({
      targets: [target],
      externalProcessing: [
        processor(4, 8080),
        processor(2, 8080, { phase: "first" }),
        processor(3, 8080, { priority: 5 }),
        processor(1, 8080, { phase: "first", priority: 5 }),
      ],
    }),
  ],
  inForce: async (scene) => (await scene.received()).headers["x-processed"] === "9001 9002 9003 9004",
  async check(scene) {
    expect((await scene.received({ port: 8081 })).headers).not.toHaveProperty("x-processed");
  },
};
