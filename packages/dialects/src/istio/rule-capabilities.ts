import type { Capability, Refine } from "@heddle/core";
import { native, unsupported } from "../capability-levels.ts";
import { repeatsName } from "../repeated-name.ts";

/** How rules of requests land in a VirtualService, whoever they are for. */
export const ruleCapabilities: Readonly<Record<string, Capability>> = {
  "match.path": native(
    "VirtualService http[].match[].uri; a prefix by segment becomes `exact` and `prefix` with a slash",
  ),
  "match.headers": native("VirtualService http[].match[].headers and withoutHeaders"),
  "match.query": native("VirtualService http[].match[].queryParams"),
  "match.methods": native("VirtualService http[].match[].method"),
  "match.port": native("VirtualService http[].match[].port"),
  split: native("VirtualService http[].route[]"),
  "split.destination": native("VirtualService http[].route[].destination.host"),
  "split.cluster": native("subset by the label topology.istio.io/cluster"),
  "split.version": native("DestinationRule subsets[]"),
  "split.subset": native("DestinationRule subsets[]"),
  "split.headers": native("VirtualService http[].route[].headers"),
  redirect: native("VirtualService http[].redirect"),
  "redirect.prefix": native("VirtualService http[].redirect.prefixRewrite", "1.31"),
  directResponse: native("VirtualService http[].directResponse"),
  rewrite: native("VirtualService http[].rewrite"),
  "rewrite.path": native("VirtualService http[].rewrite.uriRegexRewrite of the whole path"),
  "rewrite.regex": native("VirtualService http[].rewrite.uriRegexRewrite"),
  "timeout.request": native("VirtualService http[].timeout"),
  "timeout.idle": unsupported("VirtualService has no idle timeout of a route"),
  retries: native("VirtualService http[].retries"),
  "retries.backoff": native("VirtualService http[].retries.backoff", "1.26"),
  fault: native("VirtualService http[].fault"),
  mirror: native("VirtualService http[].mirrors[]"),
  headers: native("VirtualService http[].headers"),
  cors: native("VirtualService http[].corsPolicy"),
};

const switchedOff: ReadonlySet<string> = new Set(["fault", "mirror", "cors", "rateLimit"]);

export const refineRules: Refine = (field, value, _mesh, resource, path) => {
  if (value === false && switchedOff.has(field))
    return native("nothing is written: off unless something asks for it");
  if ((field === "match.headers.name" || field === "match.query.name") && repeatsName(resource, path))
    return unsupported("a VirtualService takes one condition for a name");
  if (field === "cors.allowOrigins.present" && value === false)
    return unsupported("requests without an origin are none of CORS's business");
  if (field === "match.query.value.present" && value === false)
    return unsupported("a VirtualService cannot ask for the absence of a query parameter");
  return field === "mirror.destination.kind" && value === "VirtualDestination"
    ? unsupported("requests are copied to one host, and a virtual destination may stand for several")
    : undefined;
};
