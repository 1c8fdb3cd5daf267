import { createHash } from "node:crypto";
import { assembleModule } from "../../src/mesh/pod/wasm-module.ts";

/** A module that adds its name to the header `x-wasm`, from the pod that has it, for one port. */
export const module = (name: string, scanner: string, port: number, more: object = {}) => ({
  name,
  url: `http://${scanner}:9100/${name}.wasm`,
  ports: [port],
  ...more,
});

export const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Of the module, which is the same whatever it is called. */
export const moduleSha256 = sha256Of(await assembleModule());
