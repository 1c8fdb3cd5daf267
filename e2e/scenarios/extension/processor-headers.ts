import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import { processor } from "./processing.ts";

export const processorHeaders: Scenario = {
  title: "a processor sees the headers of requests, or of answers, as the policy says",
  proves: [
    "ExtensionPolicy.externalProcessing.requestHeaders",
    "ExtensionPolicy.externalProcessing.responseHeaders",
  ],
  wishes: (target) => [
    extension({
      targets: [target],
      externalProcessing: [
        processor(1, 8080, { responseHeaders: false }),
        processor(2, 8081, { requestHeaders: false }),
      ],
    }),
  ],
  inForce: async (scene) =>
    (await scene.received()).headers["x-processed"] === "9001" &&
    (await scene.one({ port: 8081 })).headers["x-processed"] === "9002",
  async check(scene) {
    expect((await scene.one()).headers).not.toHaveProperty("x-processed");
    expect((await scene.received({ port: 8081 })).headers).not.toHaveProperty("x-processed");
  },
};
