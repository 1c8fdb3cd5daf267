import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import { messagesOf, processor } from "./processing.ts";

export const processorPartialBody: Scenario = {
  title: "a processor gets as much of a body as a proxy keeps, and the rest passes by it",
  proves: ["ExtensionPolicy.externalProcessing.requestBody"],
  wishes: (target) => [
    extension({
      targets: [target],
      externalProcessing: [processor(1, 8080, { requestBody: "bufferedPartial" })],
    }),
  ],
  inForce: async (scene) => (await scene.received({ method: "POST", body: "small" })).body === "SMALL",
  async check(scene) {
    const tag = scene.newTag();
    const { body = "" } = await scene.received({ method: "POST", tag, body: "a".repeat(3_000_000) });
    const [seen = 0, ...more] = await messagesOf(scene, tag, "requestBody");
    expect(more).toEqual([]);
    expect(seen).toBeLessThan(3_000_000);
    expect(body).toBe("A".repeat(seen) + "a".repeat(3_000_000 - seen));
  },
};
