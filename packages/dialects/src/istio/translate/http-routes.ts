import type {
  ClientCondition,
  EffectiveRule,
  JsonObject,
  Provenance,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";
import { tellKnobsLeftOut } from "../../left-out.ts";
import { sayableRules } from "../../sayable-rules.ts";
import { withBackends } from "../../virtual-rules.ts";
import { type Origin, toDestination } from "./backend.ts";
import { matchesOf } from "./match.ts";
import { routeOf } from "./route.ts";

/** HTTPRoutes of a VirtualService for the rules of one class of clients, and the fields that they come from. */
export function httpRoutes(
  rules: readonly EffectiveRule[],
  clients: ClientCondition,
  origin: Origin,
  context: UnitContext,
  out: TranslationBuilder,
): { readonly http: readonly JsonObject[]; readonly from: readonly Provenance[] } {
  const http: JsonObject[] = [];
  const from: Provenance[] = [];
  const can = { answer: true, forward: origin.itself !== undefined };
  for (const sayable of sayableRules(rules, can, context, out)) {
    const rule = withBackends(sayable, context, out);
    const sources = [
      ...(rule.from ? [rule.from] : []),
      ...Object.values(rule.knobs).map((knob) => knob.from),
    ];
    const matches = matchesOf(rule, clients);
    if (matches?.length === 0) continue;
    tellUnsaid(rule, context, out);
    const skip = ({ resource, path }: Provenance) => context.unsupported(resource, path);
    for (const [variant, of] of redirectVariants(rule, matches))
      http.push({
        ...(of && { match: of }),
        ...routeOf(variant, toDestination(origin, context, out, sources), skip),
      });
    from.push(...sources);
  }
  return { http, from };
}

function tellUnsaid({ knobs, action }: EffectiveRule, context: UnitContext, out: TranslationBuilder): void {
  const { retries: _retries, rateLimit: _rateLimit, ...whole } = knobs;
  tellKnobsLeftOut(whole, context, out);
  if (!knobs.fault?.value) return;
  for (const name of ["timeout.request", "retries"] as const)
    if (knobs[name]) out.verdict(knobs[name].from, "approximated", "not while faults are injected");
  // Istio refuses a VirtualService that has both in one entry.
  if (action.kind === "redirect" || action.kind === "directResponse")
    out.verdict(knobs.fault.from, "approximated", "not where the mesh itself answers or redirects");
}

/**
 * A redirect that replaces a prefix needs two entries: Istio replaces the text that matched, which is `/p` in one form of a segment
 * prefix and `/p/` in the other; and it takes a replaced prefix only where every match is one.
 */
function redirectVariants(
  rule: EffectiveRule,
  matches: readonly JsonObject[] | undefined,
): (readonly [EffectiveRule, readonly JsonObject[] | undefined])[] {
  const { action } = rule;
  if (action.kind !== "redirect" || action.redirect.prefix === undefined || matches === undefined)
    return [[rule, matches]];
  const to = action.redirect.prefix.replace(/\/+$/, "");
  const { prefix: _prefix, ...redirect } = action.redirect;
  const whole = { ...rule, action: { ...action, redirect: { ...redirect, path: to || "/" } } };
  const slashed = { ...rule, action: { ...action, redirect: { ...redirect, prefix: `${to}/` } } };
  return (
    [
      [whole, matches.filter(({ uri }) => !isPrefix(uri))],
      [slashed, matches.filter(({ uri }) => isPrefix(uri))],
    ] as const
  ).filter(([, some]) => some.length > 0);
}

function isPrefix(uri: JsonObject[string] | undefined): boolean {
  return typeof uri === "object" && uri !== null && "prefix" in uri;
}
