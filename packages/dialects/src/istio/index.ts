import type { Dialect } from "@heddle/core";
import { capabilities } from "./capabilities.ts";
import { detector } from "./detect.ts";
import { translate } from "./translate/index.ts";

/** Istio with sidecars, 1.22 and newer. */
export const istio: Dialect = { name: "istio", capabilities, detector, translate };
