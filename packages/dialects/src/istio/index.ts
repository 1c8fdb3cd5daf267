import type { Dialect } from "@heddle/core";
import { capabilities, refine } from "./capabilities.ts";
import { detector } from "./detect.ts";
import { translate } from "./translate/index.ts";

/** Istio with sidecars, 1.22 and newer. */
export const istio: Dialect = { name: "istio", capabilities, refine, detector, translate };
