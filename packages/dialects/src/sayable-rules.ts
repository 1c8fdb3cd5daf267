import {
  distinct,
  type EffectiveRule,
  type Provenance,
  type TranslationBuilder,
  type UnitContext,
} from "@heddle/core";

/**
 * The rules that a mesh can say. Alternatives of a match that it cannot say are left out; a rule without any left, or whose action
 * cannot be said, is left out whole, and what it would have taken goes to the rules after it. The last rule, which takes everything,
 * sends on instead, where there is something that it could be sent on to.
 */
export function sayableRules(
  rules: readonly EffectiveRule[],
  can: { readonly answer: boolean; readonly forward: boolean },
  context: UnitContext,
  out: TranslationBuilder,
): EffectiveRule[] {
  return rules.flatMap((rule, index): EffectiveRule[] => {
    const { from, match } = rule;
    if (actionUnsupported(rule, can.answer, context)) {
      const last = can.forward && index === rules.length - 1;
      if (from)
        out.verdict(
          from,
          "unsupported",
          last ? "requests are sent on instead: see its fields" : "left out: see the fields of its action",
        );
      return last ? [{ ...rule, action: { kind: "forward" } }] : [];
    }
    if (match === undefined || from === undefined) return [rule];
    const unsayable = match.map(
      (_, at) =>
        rule.matchFrom?.[at]?.filter(({ resource, path }) => context.unsupported(resource, path)) ?? [],
    );
    for (const part of unsayable.flat()) out.verdict(part, "unsupported", "left out: see its fields");
    const kept = match.filter((_, at) => unsayable[at]?.length === 0);
    if (kept.length === match.length) return [rule];
    if (kept.length > 0) return [{ ...rule, match: kept, matchFrom: undefined }];
    for (const rule of rulesIn(unsayable, from))
      out.verdict(rule, "unsupported", "left out: nothing of its match can be said");
    return [];
  });
}

/** The rule, and those that delegate to it of whose matches none can be said either. */
function rulesIn(unsayable: readonly (readonly Provenance[])[], from: Provenance): Provenance[] {
  const ruleOf = ({ resource, path }: Provenance) => ({
    resource,
    path: path.replace(/\.match\[\d+\]$/, ""),
  });
  const sets = unsayable.map(
    (parts) => new Set(parts.map(ruleOf).map(({ resource, path }) => `${resource} ${path}`)),
  );
  const above = distinct((unsayable[0] ?? []).map(ruleOf)).filter(({ resource, path }) =>
    sets.every((set) => set.has(`${resource} ${path}`)),
  );
  return distinct([from, ...above]);
}

function actionUnsupported(
  { action, from }: EffectiveRule,
  answers: boolean,
  { unsupported }: UnitContext,
): boolean {
  if (action.kind === "directResponse") return !answers;
  const cannot = (field: string) => from !== undefined && unsupported(from.resource, at(from, field));
  if (action.kind === "redirect") return cannot("redirect");
  return (
    action.kind === "split" &&
    action.split.some(
      (_, index) => cannot(`split[${index}].destination`) || cannot(`split[${index}].cluster`),
    )
  );
}

function at({ path }: Provenance, field: string): string {
  return `${path}.${field}`;
}
