import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import type { Scene } from "../scene.ts";
import { messagesOf, processor } from "./processing.ts";

const post = async (scene: Scene, port: number, length: number) => {
  const tag = scene.newTag();
  const answer = await scene.one({ method: "POST", port, tag, body: "a".repeat(length) });
  return { answer, messages: await messagesOf(scene, tag, "requestBody") };
};

export const processorRequestBody: Scenario = {
  title: "a processor gets and changes the body of requests: whole, which has a limit, or piece by piece",
  proves: ["ExtensionPolicy.externalProcessing.requestBody"],
  wishes: (target) => [
    extension({
      targets: [target],
      externalProcessing: [
        processor(1, 8080, { requestBody: "buffered" }),
        processor(2, 8081, { requestBody: "streamed" }),
      ],
    }),
  ],
  inForce: async (scene) =>
    (await scene.received({ method: "POST", body: "small" })).body === "SMALL" &&
    (await scene.received({ method: "POST", body: "small", port: 8081 })).body === "SMALL",
  async check(scene) {
    const whole = await post(scene, 8080, 200_000);
    expect(whole.messages).toEqual([200_000]);
    expect(JSON.parse(whole.answer.body)).toMatchObject({ body: "A".repeat(200_000) });
    expect((await post(scene, 8080, 3_000_000)).answer.status).toBe(413);
    const pieces = await post(scene, 8081, 3_000_000);
    expect(pieces.answer.status).toBe(200);
    expect(pieces.messages.length).toBeGreaterThan(1);
    expect(pieces.messages.reduce((sum, length) => sum + length, 0)).toBe(3_000_000);
  },
};
