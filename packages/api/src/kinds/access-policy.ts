import { z } from "zod";
import { checkTargets } from "../checks/check-targets.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { dnsSubdomain, headerName, host, httpMethod, ipBlock, port } from "../primitives.ts";
import { refersTo } from "../reference-mark.ts";
import { namespaceName, targets } from "../selecting.ts";
import { stringMatch } from "../string-match.ts";

/** A path: exact, `/prefix*`, `*suffix` or `*`. */
const pathPattern = z
  .string()
  .max(1024)
  .regex(/^(\*|\*?\/?[^*]+\*?)$/, "must be a path with at most one * at its start or end")
  .meta({ description: "Path: exact, `/prefix*`, `*suffix` or `*`." });

const fromFields = {
  identities: z
    .array(z.string().min(1))
    .min(1)
    .exactOptional()
    .describe("SPIFFE IDs, `spiffe://trust-domain/ns/NAMESPACE/sa/NAME`; a * at the end matches the rest."),
  serviceAccounts: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "must be namespace/name"),
    )
    .min(1)
    .exactOptional()
    .describe("`namespace/name`."),
  namespaces: z.array(namespaceName).min(1).exactOptional().describe("Clients in these namespaces."),
  clusters: z
    .array(refersTo("Cluster", dnsSubdomain))
    .min(1)
    .exactOptional()
    .describe("Clients in these clusters."),
  ipBlocks: z.array(ipBlock).min(1).exactOptional().describe("Addresses the connection comes from."),
};
export const accessSource = z.strictObject({
  ...fromFields,
  jwt: z
    .strictObject({
      issuer: z.string().min(1).exactOptional().describe("Issuer of the token (`iss`)."),
      subject: z.string().min(1).exactOptional().describe("Subject of the token (`sub`)."),
      claims: z
        .record(z.string(), z.array(z.string()).min(1))
        .exactOptional()
        .describe("Claims, each with the values of which one must be there."),
    })
    .exactOptional()
    .describe("Clients with a valid JSON Web Token; which are valid, an AuthenticationPolicy says."),
  not: z.strictObject(fromFields).exactOptional().describe("Clients that are left out."),
});
export type AccessSource = z.output<typeof accessSource>;

const toFields = {
  ports: z.array(port).min(1).exactOptional().describe("Ports of the target."),
  methods: z.array(httpMethod).min(1).exactOptional().describe("HTTP methods."),
  paths: z.array(pathPattern).min(1).exactOptional().describe("Paths: exact, `/prefix*`, `*suffix` or `*`."),
  hosts: z.array(host).min(1).exactOptional().describe("Hosts that were called."),
};
export const accessOperation = z.strictObject({
  ...toFields,
  headers: z
    .array(z.strictObject({ name: headerName, value: stringMatch }))
    .min(1)
    .exactOptional()
    .describe("Headers that must all match."),
  not: z.strictObject(toFields).exactOptional().describe("Operations that are left out."),
});
export type AccessOperation = z.output<typeof accessOperation>;

const spec = z.strictObject({
  action: z
    .enum(["ALLOW", "DENY", "AUDIT"])
    .describe("What happens to a request that matches: `AUDIT` only has it logged."),
  targets,
  from: z
    .array(accessSource)
    .min(1)
    .exactOptional()
    .describe("Alternatives; all fields of one must hold. Without it every client."),
  to: z
    .array(accessOperation)
    .min(1)
    .exactOptional()
    .describe("Alternatives; all fields of one must hold. Without it every operation."),
  dryRun: z.boolean().exactOptional().describe("Evaluated and logged by the mesh, never enforced."),
  onUnsupported: z
    .enum(["reject", "stricter"])
    .default("reject")
    .describe(
      "What happens to a DENY that a mesh cannot say: refused there, or widened to what can be said.",
    ),
});
export type AccessPolicySpec = z.output<typeof spec>;

function check(value: AccessPolicySpec, report: Report): void {
  checkTargets(value.targets, report);
  for (const field of ["from", "to"] as const)
    value[field]?.forEach((entry, index) => {
      for (const [at, part] of [
        [[field, index], entry] as const,
        [[field, index, "not"], entry.not] as const,
      ])
        if (part !== undefined && Object.keys(part).length === 0)
          report({
            code: "EMPTY_CONDITION",
            path: at,
            reason: "an empty entry matches everything, which is rarely meant",
            remedy: `say what it matches, or leave ${at.at(-1) === "not" ? "not" : field} out`,
          });
      const contradiction = contradictingField(entry);
      if (contradiction !== undefined)
        report({
          code: "EXCLUSIVE_FIELDS",
          severity: "warning",
          path: [field, index, "not", contradiction],
          reason: `not takes away everything that ${contradiction} matches, so the entry matches nothing`,
          remedy: "remove it from one of the two",
        });
    });
  if (value.action === "DENY" && value.from === undefined && value.to === undefined)
    report({
      code: "DENY_ALL",
      severity: "warning",
      path: ["action"],
      reason: "without from and to this denies every request to its targets",
      remedy: "add from or to, unless that is what you mean",
    });
}

/** A field all of whose values are taken away again by the same field of `not`. */
function contradictingField(entry: AccessSource | AccessOperation): string | undefined {
  const not: Readonly<Record<string, unknown>> = { ...entry.not };
  return Object.entries(entry).find(([field, values]) => {
    const excluded = not[field];
    return (
      Array.isArray(values) && Array.isArray(excluded) && values.every((value) => excluded.includes(value))
    );
  })?.[0];
}

export const accessPolicy = defineKind({
  kind: "AccessPolicy",
  plural: "accesspolicies",
  shortNames: ["ap"],
  area: "security",
  workspaced: true,
  summary: "Who may call a destination or workload, and what they may do there.",
  columns: [{ name: "Action", path: ".spec.action" }],
  spec,
  check,
});
