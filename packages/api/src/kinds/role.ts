import { z } from "zod";
import { checkUnique } from "../checks/check-unique.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { dnsSubdomain } from "../primitives.ts";
import { workspaceOrAll } from "../selecting.ts";

/** `plan` computes without storing; `approve` releases rollouts and rotations; `enroll` registers clusters and revokes their agents. */
export const verbs = ["get", "list", "watch", "plan", "apply", "delete", "approve", "enroll"] as const;
export type Verb = (typeof verbs)[number];

const spec = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        verbs: z
          .array(z.union([z.enum(verbs), z.literal("*")]))
          .min(1)
          .describe("What may be done; `*` for everything."),
        kinds: z
          .array(z.string().regex(/^(\*|[A-Z][A-Za-z]{0,62})$/, "must be a kind or *"))
          .min(1)
          .describe("Kinds of resources, discovered ones too; `*` for all."),
        workspaces: z
          .array(workspaceOrAll)
          .min(1)
          .describe("In these workspaces; `*` for all. Kinds of the whole fleet count as `default`."),
        names: z.array(dnsSubdomain).min(1).exactOptional().describe("Only resources of these names."),
      }),
    )
    .min(1)
    .describe("What the role allows. Rules add up; nothing takes away."),
});
export type RoleSpec = z.output<typeof spec>;

function check(value: RoleSpec, report: Report): void {
  value.rules.forEach((rule, index) => {
    for (const field of ["verbs", "kinds", "workspaces"] as const) {
      checkUnique<string>(rule[field], ["rules", index, field], (entry) => entry, report);
      if (rule[field].length > 1 && rule[field].some((entry) => entry === "*"))
        report({
          code: "EXCLUSIVE_FIELDS",
          severity: "warning",
          path: ["rules", index, field],
          reason: "* already includes the others",
          remedy: "keep only *, or only the others",
        });
    }
    if (rule.names !== undefined && rule.verbs.some((verb) => verb === "enroll"))
      report({
        code: "MISSING_COMPANION",
        severity: "warning",
        path: ["rules", index, "names"],
        reason: "a cluster that is not enrolled yet has no name to compare",
        remedy: "give enroll in a rule without names",
      });
  });
}

export const role = defineKind({
  kind: "Role",
  plural: "roles",
  shortNames: [],
  area: "fleet",
  workspaced: false,
  summary: "What may be done to which kinds in which workspaces.",
  spec,
  check,
});
