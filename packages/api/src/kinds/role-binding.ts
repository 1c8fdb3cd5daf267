import { z } from "zod";
import { checkUnique } from "../checks/check-unique.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { dnsLabel, dnsSubdomain } from "../primitives.ts";
import { refersTo } from "../reference-mark.ts";

const spec = z.strictObject({
  role: refersTo("Role", dnsSubdomain).describe("Name of the Role that is given."),
  subjects: z
    .array(
      z.strictObject({
        kind: z
          .enum(["User", "Group", "Token"])
          .describe("`User` and `Group` as the login provider names them; `Token` an API token."),
        name: z.string().min(1).max(256).describe("Name of the user, group or token."),
      }),
    )
    .min(1)
    .describe("Who gets it."),
  workspaces: z
    .array(refersTo("Workspace", dnsLabel))
    .min(1)
    .exactOptional()
    .describe("Narrows the role to these workspaces."),
  expires: z.iso
    .datetime({ offset: true, error: "must be a date and time such as 2027-01-31T18:00:00Z" })
    .exactOptional()
    .describe("When it ends by itself (RFC 3339)."),
});
export type RoleBindingSpec = z.output<typeof spec>;

function check(value: RoleBindingSpec, report: Report): void {
  checkUnique(value.subjects, ["subjects"], (subject) => `${subject.kind} ${subject.name}`, report);
}

export const roleBinding = defineKind({
  kind: "RoleBinding",
  plural: "rolebindings",
  shortNames: [],
  area: "fleet",
  workspaced: false,
  summary: "Gives a role to users, groups or API tokens.",
  columns: [{ name: "Role", path: ".spec.role" }],
  spec,
  check,
});
