import type { ObjectName, RateLimit } from "@heddle/api";
import type { DestinationUnit, Sourced, TranslationBuilder, UnitContext } from "@heddle/core";
import { limitOfAll, rulesAt } from "../../rate-limits.ts";
import { policyApiVersion, policyGroup } from "../api-versions.ts";
import type { InboundPort } from "./server.ts";

/**
 * HTTPLocalRateLimitPolicy of a Server: requests by the second, in all or by client identity, whatever the request and whoever the
 * client. A Server that nothing else needs is not written for it: it would replace the port's default policy, perhaps by a weaker one.
 */
export function translateRateLimits(
  unit: DestinationUnit,
  inbound: readonly InboundPort[],
  servers: ReadonlyMap<InboundPort, ObjectName>,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  for (const at of inbound) {
    const limit = limitOfAll(rulesAt(unit.traffic, at.port), context, out);
    if (limit === undefined) continue;
    const server = servers.get(at);
    if (server === undefined)
      out.verdict(
        limit.from,
        "unsupported",
        "needs a Server, which would replace the port's default policy: add an access or authentication policy",
      );
    else write(server, limit, out);
  }
}

function write(server: ObjectName, { value, from }: Sourced<RateLimit>, out: TranslationBuilder): void {
  out.object(
    {
      apiVersion: policyApiVersion,
      kind: "HTTPLocalRateLimitPolicy",
      namespace: server.namespace,
      name: server.name,
    },
    [from],
    {
      "spec.targetRef": { group: policyGroup, kind: "Server", name: server.name },
      [value.by === undefined ? "spec.total" : "spec.identity"]: { requestsPerSecond: value.requests },
    },
    `server/${server.namespace}/${server.name}`,
  );
}
