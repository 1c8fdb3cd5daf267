import type { DestinationFact, RateLimit } from "@heddle/api";
import type { DestinationUnit, EffectiveRule, TranslationBuilder, UnitContext } from "@heddle/core";
import { workloadPorts } from "../../ports.ts";
import { limitOfAll, limitsIn, rulesAt } from "../../rate-limits.ts";
import { globalLimit } from "./global-rate-limit.ts";
import { protobufDuration, writeHttpFilter } from "./http-filter.ts";

/**
 * Envoy's rate limits at the pods of a Service, its own or one that a service counts, after Istio's own authentication and authorization: what is refused there uses up
 * nothing. (envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/local_rate_limit_filter)
 */
export function translateRateLimits(
  { destination, workloads, traffic }: DestinationUnit,
  context: UnitContext,
  out: TranslationBuilder,
): void {
  const { namespace, name, selector } = destination;
  if (Object.keys(selector).length === 0) {
    const rules = (traffic?.classes ?? []).flatMap((group) => group.rules);
    tellUncounted(
      rules,
      "left out: the Service has no selector, so no pods at which it could be counted",
      out,
    );
    return;
  }
  for (const { port, protocol } of destination.ports) {
    if (protocol !== "TCP") continue;
    const here = rulesAt(traffic, port);
    const limit = limitOfAll(
      here.filter((rule) => reaches(rule, destination)),
      context,
      out,
    );
    tellUncounted(
      here.filter((rule) => !reaches(rule, destination)),
      "not for requests that are answered or sent elsewhere: it is counted at the destination's pods",
      out,
    );
    if (limit === undefined) continue;
    const counter =
      limit.value.service === undefined
        ? { config: configOf(limit.value) }
        : globalLimit(limit, destination, context, out);
    if (counter === undefined) continue;
    const inbound = workloadPorts(destination, workloads, port);
    if (inbound.length === 0)
      out.verdict(limit.from, "unsupported", `no pod has the port behind port ${port}`);
    writeHttpFilter(
      {
        namespace,
        name: `${name}.${port}.rate-limit`,
        selector,
        inbound,
        outbound: undefined,
        place: "beforeRouter",
        rank: BEFORE_EXTENSIONS,
        ...counter,
      },
      [limit.from],
      out,
    );
  }
}

/** Above the ranks of extensions at this place. */
const BEFORE_EXTENSIONS = 30_000;

/** Limits that are not counted for some rules. */
export function tellUncounted(rules: readonly EffectiveRule[], why: string, out: TranslationBuilder): void {
  for (const { from } of limitsIn(rules)) out.verdict(from, "unsupported", why);
}

/** Whether requests of the rule come to the destination's own pods. */
function reaches({ action }: EffectiveRule, own: DestinationFact): boolean {
  if (action.kind !== "split") return action.kind === "forward";
  return action.split.some(
    ({ destination }) =>
      destination === undefined ||
      (destination.kind === "Service" &&
        destination.name === own.name &&
        (destination.namespace ?? own.namespace) === own.namespace),
  );
}

const SECONDS: Readonly<Record<RateLimit["per"], number>> = { second: 1, minute: 60, hour: 3600 };

/** The largest number that fields of type uint32 hold. */
const maxUint32 = 4_294_967_295;

function configOf({ requests, per, burst = requests }: RateLimit) {
  const always = (key: string) => ({
    runtime_key: key,
    default_value: { numerator: 100, denominator: "HUNDRED" },
  });
  return {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
    stat_prefix: "heddle_rate_limit",
    token_bucket: {
      max_tokens: Math.min(burst, maxUint32),
      tokens_per_fill: Math.min(requests, maxUint32),
      fill_interval: protobufDuration(SECONDS[per] * 1000),
    },
    filter_enabled: always("local_rate_limit_enabled"),
    filter_enforced: always("local_rate_limit_enforced"),
  };
}
