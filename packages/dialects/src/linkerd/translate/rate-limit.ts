import type { ObjectName, RateLimit } from "@heddle/api";
import type { DestinationUnit, EffectiveRule, Sourced, TranslationBuilder, UnitContext } from "@heddle/core";
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
  const rules = (unit.traffic?.classes ?? []).flatMap((group) => group.rules);
  for (const at of inbound) {
    const here = rules.filter((rule) => rule.ports?.includes(at.port) ?? true);
    const limits = here.flatMap((rule) => limitOf(rule, context) ?? []);
    const [limit] = limits;
    if (limit === undefined) continue;
    const refuse = (how: string) => {
      for (const { from } of limits) out.verdict(from, "unsupported", how);
    };
    const server = servers.get(at);
    if (limits.length !== here.length || limits.some(({ from }) => !sameField(from, limit.from)))
      refuse("a Server's rate limit holds for every request of every client alike: set it in defaults only");
    else if (server === undefined)
      refuse(
        "needs a Server, which would replace the port's default policy: add an access or authentication policy",
      );
    else write(server, limit, out);
  }
}

function limitOf(
  { knobs: { rateLimit } }: EffectiveRule,
  { unsupported }: UnitContext,
): Sourced<RateLimit> | undefined {
  if (rateLimit === undefined || rateLimit.value === false) return undefined;
  const { value, from } = rateLimit;
  return unsupported(from.resource, from.path) ? undefined : { value, from };
}

function sameField(a: Sourced<unknown>["from"], b: Sourced<unknown>["from"]): boolean {
  return a.resource === b.resource && a.path === b.path;
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
