import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import { processor } from "./processing.ts";

const slow = { headers: { "x-processor-delay": "600" } };

export const processorTimeout: Scenario = {
  title: "a processor is waited for as long as the policy says",
  proves: ["ExtensionPolicy.externalProcessing.timeout"],
  wishes: (target) => [
    extension({
      targets: [target],
      externalProcessing: [processor(1, 8080, { timeout: "300ms" }), processor(2, 8081)],
    }),
  ],
  inForce: async (scene) =>
    (await scene.received()).headers["x-processed"] === "9001" &&
    (await scene.received({ port: 8081 })).headers["x-processed"] === "9002",
  async check(scene) {
    const tag = scene.newTag();
    const { status, ms } = await scene.one({ ...slow, tag });
    expect(status).toBe(504);
    expect(ms).toBeGreaterThan(250);
    expect((await scene.seen(tag)).filter(({ version }) => version !== "scanner")).toEqual([]);
    expect(await scene.status({ ...slow, port: 8081 })).toBe(200);
  },
};
