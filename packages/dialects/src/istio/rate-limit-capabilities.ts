import type { Resource } from "@heddle/api";
import type { Capability, Refine } from "@heddle/core";
import { approximated, native, unsupported } from "../capability-levels.ts";

const counted = approximated(
  "EnvoyFilter with Envoy's local rate limit at the destination's pods: each proxy counts each port for itself, requests with and without mTLS apart, through whatever Service they come",
);

/** How rate limits land in Istio. */
export const rateLimitCapabilities: Readonly<Record<string, Capability>> = {
  rateLimit: counted,
  "rateLimit.by": unsupported(
    "Envoy counts apart what is known beforehand; its wildcards, where its version has them, forget values when there are many, which then start anew",
  ),
  "rateLimit.service": native(
    "EnvoyFilter with Envoy's global rate limit, domain heddle, the limit told with each request; requests pass while it is away",
  ),
};

const asked = native("told to the rate-limit service with each request");

/** With a service that counts, other things can be said than where each proxy counts for itself. */
export const refineRateLimit: Refine = (field, value, _mesh, resource, path) => {
  if (!field.startsWith("rateLimit.") || limitAt(resource, path)?.["service"] === undefined) return undefined;
  switch (field) {
    case "rateLimit.requests":
    case "rateLimit.per":
      return asked;
    case "rateLimit.burst":
      return approximated("not told: a rate-limit service counts whole periods");
    case "rateLimit.by":
      if (value === "identity") return unsupported("Envoy tells a rate-limit service no identities");
      return value === "path" ? approximated("the path with its query") : asked;
    case "rateLimit.service.kind":
      return value === "VirtualDestination"
        ? unsupported("proxies ask one service, and a virtual destination may stand for several")
        : undefined;
    default:
      return undefined;
  }
};

/** The `rateLimit` that a path is in. */
function limitAt(resource: Resource, path: string): Readonly<Record<string, unknown>> | undefined {
  const end = path.indexOf(".rateLimit") + ".rateLimit".length;
  const steps = path.slice("spec.".length, end).matchAll(/[^.[\]]+/g);
  let at: unknown = resource.spec;
  for (const [step] of steps) at = (at as Readonly<Record<string, unknown>> | undefined)?.[step];
  return at as Readonly<Record<string, unknown>> | undefined;
}
