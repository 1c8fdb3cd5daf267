import { expect } from "vitest";
import { extension, type Scenario } from "../scenario.ts";
import { module, sha256Of } from "./wasm.ts";

export const wasmRefused: Scenario = {
  title: "a module of another hash is not run: requests are refused, unless they may pass without it",
  proves: ["ExtensionPolicy.wasm.sha256", "ExtensionPolicy.wasm.failOpen"],
  wishes: (target, addressOf) => {
    const sha256 = sha256Of(new Uint8Array([1]));
    return [
      extension({
        targets: [target],
        wasm: [
          module("closed", addressOf("scanner"), 8080, { sha256 }),
          module("open", addressOf("scanner"), 8081, { sha256, failOpen: true }),
          module("other", addressOf("scanner"), 8081),
        ],
      }),
    ];
  },
  inForce: async (scene) =>
    (await scene.status()) === 403 && (await scene.one({ port: 8081 })).body.includes('"x-wasm"'),
  async check(scene) {
    const tag = scene.newTag();
    expect(await scene.status({ tag })).toBe(403);
    expect(await scene.seen(tag)).toEqual([]);
    expect((await scene.received({ port: 8081 })).headers["x-wasm"]).toBe("other");
  },
};
