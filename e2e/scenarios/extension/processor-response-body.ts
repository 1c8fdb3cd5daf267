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
    const piecesOf = async (port: number, length: number) => {
      const tag = scene.newTag();
      const { body } = await scene.one({ method: "POST", port, tag, body: "a".repeat(length) });
      expect(body).toContain("A".repeat(length));
      const pieces = await messagesOf(scene, tag, "responseBody");
      expect(pieces.reduce((sum, bytes) => sum + bytes, 0)).toBe(body.length);
      return pieces.length;
    };
    expect(await piecesOf(8080, 400_000)).toBe(1);
    expect(await piecesOf(8081, 3_000_000)).toBeGreaterThan(1);
  },
};
