import type { Capability } from "@heddle/core";
import { approximated, unsupported } from "../capability-levels.ts";

const counted = approximated(
  "EnvoyFilter with Envoy's local rate limit at the destination's pods: each proxy counts each port for itself, requests with and without mTLS apart, through whatever Service they come",
);

/** How rate limits land in Istio. */
export const rateLimitCapabilities: Readonly<Record<string, Capability>> = {
  rateLimit: counted,
  "rateLimit.by": unsupported(
    "Envoy counts apart what is known beforehand; its wildcards, where its version has them, forget values when there are many, which then start anew",
  ),
  "rateLimit.service": unsupported(
    "a global limit is asked for by the descriptors that its service is set up with, which Heddle does not know",
  ),
};
