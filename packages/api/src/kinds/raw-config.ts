import { z } from "zod";
import { defineKind, type Report } from "../define-kind.ts";
import { dialectNames } from "../inventory/facts.ts";
import { dnsSubdomain, labelKey, labels, semverRange } from "../primitives.ts";
import { namespaceName, placement } from "../selecting.ts";

const manifest = z
  .looseObject({
    apiVersion: z
      .string()
      .regex(/^([a-z0-9.-]{1,253}\/)?v[a-z0-9]{1,62}$/, "must be group/version or version")
      .describe("API of the object."),
    kind: z
      .string()
      .regex(/^[A-Z][A-Za-z0-9]{0,62}$/, "must be a kind")
      .describe("Kind of the object."),
    metadata: z
      .strictObject({
        name: dnsSubdomain.describe("Name of the object."),
        namespace: namespaceName
          .exactOptional()
          .describe("Namespace of the object; none for cluster-wide kinds."),
        labels: labels.exactOptional().describe("Labels of the object."),
        annotations: z
          .record(labelKey, z.string().max(262_144))
          .exactOptional()
          .describe("Annotations of the object."),
      })
      .describe("Metadata of the object."),
  })
  .describe("The object, as the mesh's API has it.");

const spec = z.strictObject({
  dialect: z.enum(dialectNames).describe("The mesh that it is for."),
  meshVersions: semverRange.exactOptional().describe("Only where the mesh's version is in this range."),
  ...placement,
  manifest,
});
export type RawConfigSpec = z.output<typeof spec>;

/** Kinds through which one could run code or get rights in a cluster; Heddle's agent is not the way to do either. */
const refusedKinds: ReadonlySet<string> = new Set([
  "Pod",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "Job",
  "CronJob",
  "Role",
  "RoleBinding",
  "ClusterRole",
  "ClusterRoleBinding",
  "ServiceAccount",
  "Namespace",
  "CustomResourceDefinition",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
  "List",
]);

/** Groups of Kubernetes itself; a mesh's own groups may have kinds of the same names. */
const kubernetesGroups = /^(v1|(apps|batch|[a-z.]+\.k8s\.io)\/.*)$/;

function check(value: RawConfigSpec, report: Report): void {
  const { apiVersion, kind } = value.manifest;
  const ofKubernetes = kubernetesGroups.test(apiVersion);
  if (kind === "Secret" && ofKubernetes)
    report({
      code: "INLINE_SECRET",
      path: ["manifest", "kind"],
      reason: "a Secret's data would be stored, shown and exported with the resource",
      remedy: "create the Secret in the cluster",
    });
  if (ofKubernetes && refusedKinds.has(kind))
    report({
      code: "INVALID_VALUE",
      path: ["manifest", "kind"],
      reason: `a RawConfig is for a mesh's configuration, not for a ${kind}`,
      remedy: "apply it by other means",
    });
  if (apiVersion.startsWith("heddle.io/"))
    report({
      code: "INVALID_VALUE",
      path: ["manifest", "apiVersion"],
      reason: "Heddle's own kinds are applied directly",
      remedy: "apply the resource itself",
    });
  if ("status" in value.manifest)
    report({
      code: "UNKNOWN_FIELD",
      path: ["manifest", "status"],
      reason: "status is written by the mesh",
      remedy: "remove it",
    });
}

export const rawConfig = defineKind({
  kind: "RawConfig",
  plural: "rawconfigs",
  shortNames: ["raw"],
  area: "delivery",
  workspaced: true,
  summary: "An object of a mesh's own configuration, for what the other kinds do not say.",
  columns: [
    { name: "Dialect", path: ".spec.dialect" },
    { name: "Object", path: ".spec.manifest.kind" },
  ],
  spec,
  check,
});
