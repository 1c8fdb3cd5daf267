import { z } from "zod";
import { checkMembers } from "../checks/check-members.ts";
import { checkTargets } from "../checks/check-targets.ts";
import { defineKind, type Report } from "../define-kind.ts";
import { dnsLabel, dnsSubdomain } from "../primitives.ts";
import { refersTo } from "../reference-mark.ts";
import { target } from "../selecting.ts";

export const memberRoles = ["primary", "remote", "external", "config"] as const;
export type MemberRole = (typeof memberRoles)[number];

export const member = z.strictObject({
  cluster: refersTo("Cluster", dnsLabel).describe(
    "Name of the cluster; it is also its cluster ID in the mesh.",
  ),
  mesh: refersTo("Mesh", dnsSubdomain)
    .exactOptional()
    .describe("Name of the mesh; needed where the cluster has several."),
  role: z
    .enum(memberRoles)
    .default("primary")
    .describe(
      "`primary` runs its own control plane, `remote` is run by another's, `external` runs one for others only, `config` holds the configuration of an external one.",
    ),
  controlledBy: refersTo("Cluster", dnsLabel)
    .exactOptional()
    .describe("Cluster whose control plane runs this member; only for `remote` and `config`."),
  network: dnsLabel.exactOptional().describe("Network of its pods; the cluster's own unless set."),
});
export type Member = z.output<typeof member>;

const spec = z.strictObject({
  members: z.array(member).min(1).max(5000).describe("The meshes that are joined."),
  trust: z
    .strictObject({
      anchor: refersTo("TrustAnchor", dnsSubdomain)
        .exactOptional()
        .describe("Name of the TrustAnchor that all members share; required with mode `shared`."),
      mode: z
        .enum(["shared", "federated"])
        .default("shared")
        .describe(
          "`shared`: one root for all; `federated`: members keep their roots and trust each other's.",
        ),
      trustDomain: dnsSubdomain
        .exactOptional()
        .describe("Trust domain of all members; their own unless set."),
    })
    .describe("How the members trust each other."),
  federation: z
    .strictObject({
      exports: z
        .array(target)
        .min(1)
        .exactOptional()
        .describe("Services that other members see; all unless set."),
      hostnameSuffix: dnsSubdomain
        .default("mesh.global")
        .describe("End of the names under which services of the whole mesh are called."),
      flatNetwork: z
        .boolean()
        .exactOptional()
        .describe("All members reach each other's pods directly, so no gateway is needed between them."),
      gateways: z
        .strictObject({
          manage: z
            .boolean()
            .default(true)
            .describe("Whether Heddle makes the east-west gateways' configuration."),
          namespace: dnsLabel
            .exactOptional()
            .describe("Namespace of the gateways; the control plane's unless set."),
          port: z
            .int()
            .min(1)
            .max(65535)
            .default(15443)
            .describe("Port of the gateways for traffic of the mesh."),
        })
        .exactOptional()
        .describe("Gateways between networks."),
    })
    .exactOptional()
    .describe("How services are seen across members."),
  defaultAccess: z
    .enum(["allow", "deny"])
    .default("allow")
    .describe("Whether calls pass to a target that no AccessPolicy speaks of."),
  mtls: z
    .enum(["strict", "permissive"])
    .default("strict")
    .describe("`strict` refuses plain text; `permissive` takes both."),
  restart: z
    .enum(["auto", "manual"])
    .default("manual")
    .describe("Whether Heddle restarts workloads where a change of trust needs it."),
});
export type VirtualMeshSpec = z.output<typeof spec>;

function check(value: VirtualMeshSpec, report: Report): void {
  checkMembers(value.members, report);
  checkTargets(value.federation?.exports ?? [], report, ["Service"], ["federation", "exports"]);
  const { anchor, mode } = value.trust;
  if (mode === "shared" && anchor === undefined)
    report({
      code: "MISSING_COMPANION",
      path: ["trust", "anchor"],
      reason: "members that share a root need the anchor that holds it",
      remedy: "name a TrustAnchor, or use mode: federated",
    });
  if (mode === "federated" && anchor !== undefined)
    report({
      code: "EXCLUSIVE_FIELDS",
      path: ["trust", "anchor"],
      reason: "with mode federated each member keeps a root of its own",
      remedy: "remove anchor, or use mode: shared",
    });
  const networks = new Set(value.members.flatMap(({ network }) => network ?? []));
  if (value.federation?.flatNetwork === true && networks.size > 1)
    report({
      code: "INVALID_TOPOLOGY",
      path: ["federation", "flatNetwork"],
      reason: `members are in the networks ${[...networks].join(", ")}, so not all reach each other directly`,
      remedy: "remove flatNetwork, or give all members one network",
    });
  if (value.federation?.gateways?.manage === true && value.federation.flatNetwork === true)
    report({
      code: "EXCLUSIVE_FIELDS",
      severity: "warning",
      path: ["federation", "gateways"],
      reason: "on a flat network nothing passes through gateways",
      remedy: "remove gateways",
    });
  if (value.mtls === "permissive" && value.defaultAccess === "deny")
    report({
      code: "INSECURE_SETTING",
      path: ["mtls"],
      reason: "plain-text clients have no identity, so access by identity denies them all the same",
      remedy: "use mtls: strict, or defaultAccess: allow until all clients are in the mesh",
    });
}

export const virtualMesh = defineKind({
  kind: "VirtualMesh",
  plural: "virtualmeshes",
  shortNames: ["vm"],
  area: "topology",
  workspaced: false,
  summary:
    "Several meshes joined to one: its members, their roles and networks, their common trust and names.",
  columns: [
    { name: "Trust", path: ".spec.trust.mode" },
    { name: "MTLS", path: ".spec.mtls" },
    { name: "Default-Access", path: ".spec.defaultAccess" },
  ],
  spec,
  check,
});
