import type { Dialect } from "@heddle/core";
import { capabilities, refine } from "./capabilities.ts";
import { detector } from "./detect.ts";
import { translate } from "./translate/index.ts";

/** Linkerd 2.15 and newer, with Gateway API routes. */
export const linkerd: Dialect = { name: "linkerd", capabilities, refine, detector, translate };
