import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";

export const processorAway: Scenario = {
  title: "requests are refused while their processor cannot be reached, unless it may be left out",
  proves: ["ExtensionPolicy.externalProcessing.failOpen", "ExtensionPolicy.externalProcessing.ports"],
  wishes: (target) => [
    extension({
      targets: [target],
      externalProcessing: [
        { name: "closed", service: { name: "nobody" }, ports: [8080] },
        { name: "open", service: { name: "nobody" }, ports: [8081], failOpen: true },
      ],
    }),
  ],
  inForce: async (scene) => (await scene.status()) === 500,
  async check(scene) {
    const tag = scene.newTag();
    expect(await scene.status({ tag })).toBe(500);
    expect(await scene.seen(tag)).toEqual([]);
    expect(await scene.status({ port: 8081 })).toBe(200);
  },
};
