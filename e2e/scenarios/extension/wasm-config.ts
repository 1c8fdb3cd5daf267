import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import { module, moduleSha256 } from "./wasm.ts";

export const wasmConfig: Scenario = {
  title: "a module of the right hash gets its configuration and its environment",
  proves: ["ExtensionPolicy.wasm.config", "ExtensionPolicy.wasm.env", "ExtensionPolicy.wasm.sha256"],
  wishes: (target, addressOf) => [
    extension({
      targets: [target],
      wasm: [
        module("one", addressOf("scanner"), 8080, {
          sha256: moduleSha256,
          config: { flavours: ["sweet", "sour"] },
          env: { SEASON: "spring" },
        }),
      ],
    }),
  ],
  inForce: async (scene) => (await scene.received()).headers["x-wasm"] === "one",
  async check(scene) {
    const { headers } = await scene.received();
    expect(JSON.parse(headers["x-wasm-config"] ?? "")).toEqual({ flavours: ["sweet", "sour"] });
    expect(headers["x-wasm-env"]).toBe("SEASON=spring");
  },
};
