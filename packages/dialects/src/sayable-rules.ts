import type { EffectiveRule, Provenance, TranslationBuilder, UnitContext } from "@heddle/core";

/**
 * The rules that a mesh can say. Alternatives of a match that it cannot say are left out; a rule without any left, or whose action
 * cannot be said, is left out whole, and what it would have taken goes to the rules after it. The last rule, which takes everything,
 * sends on instead. `answers`: whether the mesh's routes can answer by themselves.
 */
export function sayableRules(
  rules: readonly EffectiveRule[],
  answers: boolean,
  context: UnitContext,
  out: TranslationBuilder,
): EffectiveRule[] {
  return rules.flatMap((rule, index): EffectiveRule[] => {
    const { from, match } = rule;
    if (actionUnsupported(rule, answers, context)) {
      const last = index === rules.length - 1;
      if (from)
        out.verdict(
          from,
          "unsupported",
          last ? "requests are sent on instead: see its fields" : "left out: see the fields of its action",
        );
      return last ? [{ ...rule, action: { kind: "forward" } }] : [];
    }
    if (match === undefined || from === undefined) return [rule];
    const kept = match.filter((_, at) => {
      const path = `${from.path}.match[${at}]`;
      if (!context.unsupported(from.resource, path)) return true;
      out.verdict({ resource: from.resource, path }, "unsupported", "left out: see its fields");
      return false;
    });
    if (kept.length > 0) return [kept.length === match.length ? rule : { ...rule, match: kept }];
    out.verdict(from, "unsupported", "left out: nothing of its match can be said");
    return [];
  });
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
