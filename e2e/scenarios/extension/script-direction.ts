import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";

const mark = 'function envoy_on_request(handle) handle:headers():replace("x-sent-by", "back") end';

export const scriptDirection: Scenario = {
  title: "a script sees what one workload sends, and nothing of what others send",
  proves: ["ExtensionPolicy.lua.direction"],
  wishes: () => [
    extension({
      targets: [{ kind: "Workload", name: "back", namespace: "office" }],
      lua: [{ name: "mark", code: mark, direction: "outbound" }],
    }),
  ],
  inForce: async (scene) => (await scene.received({ from: "back" })).headers["x-sent-by"] === "back",
  async check(scene) {
    expect((await scene.received({ from: "front" })).headers).not.toHaveProperty("x-sent-by");
    expect((await scene.received({ from: "back", port: 8081 })).headers["x-sent-by"]).toBe("back");
  },
};
