import type { Dialect } from "@heddle/core";
import { istio } from "./istio/index.ts";
import { linkerd } from "./linkerd/index.ts";

/** Every mesh Heddle translates to. Adding one is a folder and a line here. */
export const dialects: readonly Dialect[] = [istio, linkerd];
