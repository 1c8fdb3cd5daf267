import { z } from "zod";
import { defineKind, type Report } from "../define-kind.ts";
import { dnsLabel, dnsSubdomain, headerName, host, httpMethod, port } from "../primitives.ts";
import { target } from "../selecting.ts";
import { stringMatch } from "../string-match.ts";

const ipBlock = z
  .string()
  .refine(
    (text) => z.ipv4().or(z.ipv6()).or(z.cidrv4()).or(z.cidrv6()).safeParse(text).success,
    "must be an IP address or CIDR block",
  )
  .meta({ description: "IP address or CIDR block." });
/** A path: exact, `/prefix*`, `*suffix` or `*`. */
const pathPattern = z
  .string()
  .regex(/^(\*|\*?\/?[^*]+\*?)$/, "must be a path with at most one * at its start or end");

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
  namespaces: z.array(dnsLabel).min(1).exactOptional(),
  clusters: z.array(dnsSubdomain).min(1).exactOptional(),
  ipBlocks: z.array(ipBlock).min(1).exactOptional(),
};
export const accessSource = z.strictObject({
  ...fromFields,
  jwt: z
    .strictObject({
      issuer: z.string().min(1).exactOptional(),
      subject: z.string().min(1).exactOptional(),
      claims: z.record(z.string(), z.array(z.string()).min(1)).exactOptional(),
    })
    .exactOptional(),
  not: z.strictObject(fromFields).exactOptional(),
});
export type AccessSource = z.output<typeof accessSource>;

const toFields = {
  ports: z.array(port).min(1).exactOptional(),
  methods: z.array(httpMethod).min(1).exactOptional(),
  paths: z.array(pathPattern).min(1).exactOptional(),
  hosts: z.array(host).min(1).exactOptional(),
};
export const accessOperation = z.strictObject({
  ...toFields,
  headers: z
    .array(z.strictObject({ name: headerName, value: stringMatch }))
    .min(1)
    .exactOptional(),
  not: z.strictObject(toFields).exactOptional(),
});
export type AccessOperation = z.output<typeof accessOperation>;

const spec = z.strictObject({
  action: z.enum(["ALLOW", "DENY", "AUDIT"]),
  targets: z.array(target).default([]),
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
  for (const field of ["from", "to"] as const)
    value[field]?.forEach((entry, index) => {
      if (Object.keys(entry).length === 0)
        report({
          code: "EMPTY_CONDITION",
          path: [field, index],
          reason: "an empty entry matches everything, which is rarely meant",
          remedy: `say what it matches, or leave ${field} out to match everything`,
        });
    });
  if (
    value.action !== "ALLOW" &&
    value.from === undefined &&
    value.to === undefined &&
    value.action === "DENY"
  )
    report({
      code: "DENY_ALL",
      severity: "warning",
      path: ["action"],
      reason: "without from and to this denies every request to its targets",
      remedy: "add from or to, unless that is what you mean",
    });
}

export const accessPolicy = defineKind({
  kind: "AccessPolicy",
  plural: "accesspolicies",
  shortNames: ["ap"],
  area: "security",
  workspaced: true,
  summary: "Who may call a destination or workload, and what they may do there.",
  spec,
  check,
});
