import type { Capability } from "@heddle/core";
import { unsupported } from "../capability-levels.ts";

/** Linkerd's proxy is one program without a place for others' code. */
export const extensionCapabilities: Readonly<Record<string, Capability>> = {
  wasm: unsupported("Linkerd's proxies run no modules"),
  lua: unsupported("Linkerd's proxies run no scripts"),
  externalProcessing: unsupported("Linkerd's proxies ask no other service about a request"),
};
