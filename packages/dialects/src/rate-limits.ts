import type { RateLimit } from "@heddle/api";
import type {
  EffectiveRule,
  EffectiveTraffic,
  Provenance,
  Sourced,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";

/**
 * The one limit that all of some rules have, for meshes that count at the server: it sees neither which rule a client followed nor, before
 * it was rewritten, the request. Says which limits are left out, and why.
 */
export function limitOfAll(
  rules: readonly EffectiveRule[],
  { unsupported }: UnitContext,
  out: TranslationBuilder,
): Sourced<RateLimit> | undefined {
  const said = limitsIn(rules);
  const [limit] = said;
  if (limit === undefined) return undefined;
  const leaveOut = (how: string) => {
    for (const { from } of said) out.verdict(from, "unsupported", how);
    return undefined;
  };
  if (said.some(({ from }) => unsupported(from.resource, from.path)))
    return leaveOut("left out: see its fields");
  if (said.length !== rules.length || said.some(({ from }) => !sameField(from, limit.from)))
    return leaveOut(
      "left out: it would hold for every request of every client alike, so set it in defaults only",
    );
  return limit;
}

/** The rules that requests to a port can meet, of all classes of clients: none after one that takes everything there. */
export function rulesAt(traffic: EffectiveTraffic | undefined, port: number): EffectiveRule[] {
  return (traffic?.classes ?? []).flatMap(({ rules }) => {
    const here = rules.filter(({ ports }) => ports?.includes(port) ?? true);
    const last = here.findIndex(({ match }) => match === undefined);
    return last < 0 ? here : here.slice(0, last + 1);
  });
}

export function limitsIn(rules: readonly EffectiveRule[]): Sourced<RateLimit>[] {
  return rules.flatMap(({ knobs: { rateLimit } }) =>
    rateLimit?.value ? [{ value: rateLimit.value, from: rateLimit.from }] : [],
  );
}

function sameField(a: Provenance, b: Provenance): boolean {
  return a.resource === b.resource && a.path === b.path;
}
