import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import { module } from "./wasm.ts";

export const wasmOrder: Scenario = {
  title: "modules run by phase and then by priority, at the port that is named only",
  proves: [
    "ExtensionPolicy.wasm.name",
    "ExtensionPolicy.wasm.url",
    "ExtensionPolicy.wasm.phase",
    "ExtensionPolicy.wasm.priority",
    "ExtensionPolicy.wasm.ports",
  ],
  wishes: (target, addressOf) => {
    const scanner = addressOf("scanner");
    return [
      extension({
        targets: [target],
        wasm: [
          module("e", scanner, 8080),
          module("b", scanner, 8080, { phase: "authn" }),
          module("d", scanner, 8080, { priority: 5 }),
          module("c", scanner, 8080, { phase: "authz" }),
          module("a", scanner, 8080, { phase: "first", priority: -5 }),
        ],
      }),
    ];
  },
  inForce: async (scene) => (await scene.received()).headers["x-wasm"] === "a, b, c, d, e",
  async check(scene) {
    expect((await scene.received({ port: 8081 })).headers).not.toHaveProperty("x-wasm");
  },
};
