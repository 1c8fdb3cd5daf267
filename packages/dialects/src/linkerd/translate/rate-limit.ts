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
    const said = here.flatMap(({ knobs: { rateLimit } }) => (rateLimit?.value ? [rateLimit] : []));
    const limits = said.flatMap((knob) => limitOf(knob, context) ?? []);
    if (limits.length < said.length)
      for (const { from } of said) out.verdict(from, "unsupported", "not written: see its fields");
    const [limit] = limits;
    if (limit === undefined || limits.length < said.length) continue;
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
  { value, from }: NonNullable<EffectiveRule["knobs"]["rateLimit"]>,
  { unsupported }: UnitContext,
): Sourced<RateLimit> | undefined {
  return value === false || unsupported(from.resource, from.path) ? undefined : { value, from };
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
