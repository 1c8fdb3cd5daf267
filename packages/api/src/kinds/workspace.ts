import { z } from "zod";
import { defineKind, type Report } from "../define-kind.ts";
import { dnsSubdomain, labels } from "../primitives.ts";
import { namespaceName, namespaceSelector, workspaceOrAll } from "../selecting.ts";

/** What is shared between workspaces: destinations and the resources that stand for destinations. */
const sharedKinds = ["Service", "VirtualDestination", "ExternalService", "Gateway", "RouteTable"] as const;

const sharedResources = z.strictObject({
  kind: z.enum(sharedKinds).exactOptional().describe("What is shared; every kind of destination unless set."),
  name: dnsSubdomain.exactOptional().describe("The one of this name."),
  namespaces: z.array(namespaceName).min(1).exactOptional().describe("Those in these namespaces."),
  labels: labels.exactOptional().describe("Those with these labels."),
});

const resources = z
  .array(sharedResources)
  .min(1)
  .exactOptional()
  .describe("Which destinations, as alternatives; all unless set.");

const spec = z.strictObject({
  owns: z
    .array(namespaceSelector)
    .min(1)
    .describe("Clusters and namespaces that belong to the workspace; the fields of one entry must all hold."),
  imports: z
    .array(
      z.strictObject({
        workspace: workspaceOrAll.describe("Workspace that exports them; `*` for any."),
        resources,
      }),
    )
    .default([])
    .describe("What the workspace wants to see of others; they must export it."),
  exports: z
    .array(
      z.strictObject({
        workspaces: z.array(workspaceOrAll).min(1).describe("Workspaces that may import them; `*` for all."),
        resources,
      }),
    )
    .default([])
    .describe("What others may see of the workspace."),
  isolation: z
    .strictObject({
      enforce: z
        .boolean()
        .default(false)
        .describe("Denies calls to the workspace that are not exported, by access policies."),
      trimProxies: z
        .boolean()
        .default(false)
        .describe("Tells proxies only of what their workspace owns and imports."),
    })
    .exactOptional()
    .describe("How far the boundary is enforced in the meshes."),
  defaultAccess: z
    .enum(["allow", "deny"])
    .exactOptional()
    .describe(
      "Whether calls pass to a target that no AccessPolicy speaks of; as the virtual mesh says unless set.",
    ),
});
export type WorkspaceSpec = z.output<typeof spec>;

function check(value: WorkspaceSpec, report: Report): void {
  value.owns.forEach((owned, index) => {
    if (Object.keys(owned).length === 0)
      report({
        code: "EMPTY_CONDITION",
        severity: "warning",
        path: ["owns", index],
        reason: "an empty entry owns every namespace of every cluster",
        remedy: 'write namespaces: ["*"] if that is meant',
      });
  });
  const imported = new Set<string>();
  value.imports.forEach((entry, index) => {
    if (imported.has(entry.workspace))
      report({
        code: "DUPLICATE_NAME",
        path: ["imports", index, "workspace"],
        reason: `${entry.workspace} is imported from twice`,
        remedy: "list all its resources in one entry",
      });
    imported.add(entry.workspace);
  });
  for (const field of ["imports", "exports"] as const)
    value[field].forEach((entry, index) => {
      entry.resources?.forEach((resource, number) => {
        if (resource.name !== undefined && resource.labels !== undefined)
          report({
            code: "EXCLUSIVE_FIELDS",
            path: [field, index, "resources", number, "labels"],
            reason: "name already selects one object",
            remedy: "keep either name or labels",
          });
      });
    });
}

export const workspace = defineKind({
  kind: "Workspace",
  plural: "workspaces",
  shortNames: ["ws"],
  area: "fleet",
  workspaced: false,
  summary:
    "A team's part of the fleet: the namespaces it owns, what it shows to others and what it sees of them.",
  columns: [{ name: "Default-Access", path: ".spec.defaultAccess" }],
  spec,
  check,
});
