import type {
  AccessRule,
  Knobs,
  Sourced,
  TrafficForClients,
  TranslationBuilder,
  UnitContext,
} from "@heddle/core";

/** Says which alternatives of an ALLOW are left out because the mesh cannot say them whole, and when none is left. */
export function tellLeftOut(rule: AccessRule, { unsupported }: UnitContext, out: TranslationBuilder): void {
  for (const field of ["from", "to"] as const) {
    const entries = rule.spec[field];
    if (entries === undefined) continue;
    const left = entries.flatMap((_, index) =>
      unsupported(rule.key, `spec.${field}[${index}]`) ? [`spec.${field}[${index}]`] : [],
    );
    for (const path of left)
      out.verdict({ resource: rule.key, path }, "unsupported", "left out, which is stricter: see its fields");
    if (left.length === entries.length)
      out.verdict(
        { resource: rule.key, path: "spec" },
        "unsupported",
        "stricter: nothing is left of it that the mesh can say, so it lets nothing pass",
      );
  }
}

/** Says which policies name clients by a field that the mesh cannot tell them apart by: they are not written for these. */
export function tellClientsLeftOut(
  { heard }: TrafficForClients,
  fields: readonly ("labels" | "serviceAccounts")[],
  out: TranslationBuilder,
): void {
  for (const { key, policy } of heard)
    if (policy.spec.sources?.some((source) => fields.some((field) => source[field] !== undefined)))
      out.verdict(
        { resource: key, path: "spec" },
        "unsupported",
        "left out for clients that cannot be told apart",
      );
}

/** Says which settings of a rule are left out whole because a part of them cannot be said. */
export function tellKnobsLeftOut(knobs: Knobs, { unsupported }: UnitContext, out: TranslationBuilder): void {
  for (const { value, from } of Object.values(knobs) as readonly Sourced<unknown>[])
    if (typeof value === "object" && unsupported(from.resource, from.path))
      out.verdict(from, "unsupported", "left out: see its fields");
}
