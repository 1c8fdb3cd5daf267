import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import { module } from "./wasm.ts";

export const wasmDirection: Scenario = {
  title: "a module sees what one workload sends to a port, and nothing of what others send",
  proves: ["ExtensionPolicy.wasm.direction", "ExtensionPolicy.wasm.ports"],
  wishes: (_, addressOf) => [
    extension({
      targets: [{ kind: "Workload", name: "back", namespace: "office" }],
      wasm: [module("sent", addressOf("scanner"), 8080, { direction: "outbound" })],
    }),
  ],
  inForce: async (scene) => (await scene.received({ from: "back" })).headers["x-wasm"] === "sent",
  async check(scene) {
    expect((await scene.received({ from: "front" })).headers).not.toHaveProperty("x-wasm");
    expect((await scene.received({ from: "back", port: 8081 })).headers).not.toHaveProperty("x-wasm");
  },
};
