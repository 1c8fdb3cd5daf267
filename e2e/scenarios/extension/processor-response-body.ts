import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import { messagesOf, processor } from "./processing.ts";

export const processorResponseBody: Scenario = {
  title: "a processor gets and changes the body of answers: whole, or piece by piece",
  proves: ["ExtensionPolicy.externalProcessing.responseBody"],
  wishes: (target) => [
    extension({
      targets: [target],
      externalProcessing: [
        processor(1, 8080, { responseBody: "buffered" }),
        processor(2, 8081, { responseBody: "streamed" }),
      ],
    }),
  ],
  inForce: async (scene) =>
    (await scene.one()).body.startsWith('{"VERSION"') &&
    (await scene.one({ port: 8081 })).body.startsWith('{"VERSION"'),
  async check(scene) {
    const pieces = await Promise.all(
      [8080, 8081].map(async (port) => {
        const tag = scene.newTag();
        const { body } = await scene.one({ method: "POST", port, tag, body: "a".repeat(400_000) });
        expect(body).toContain("A".repeat(400_000));
        const messages = await messagesOf(scene, tag, "responseBody");
        expect(messages.reduce((sum, length) => sum + length, 0)).toBe(body.length);
        return messages.length;
      }),
    );
    expect(pieces[0]).toBe(1);
    expect(pieces[1]).toBeGreaterThan(1);
  },
};
