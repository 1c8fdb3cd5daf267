import type { Detector } from "@heddle/core";
import { detector as istio } from "./istio/detect.ts";
import { detector as linkerd } from "./linkerd/detect.ts";

/** Every dialect's detector, without its translation: all that an agent loads of this package. */
export const detectors: readonly Detector[] = [istio, linkerd];
