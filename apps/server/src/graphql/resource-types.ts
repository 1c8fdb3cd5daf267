import type { Condition, Resource, ResourceKey, ResourceStatus } from "@heddle/api";
import { isPolicy } from "@heddle/core";
import {
  type ClusterReport,
  type FieldReport,
  type ObjectReport,
  resourceReport,
} from "../status/resource-report.ts";
import { resourceStatus } from "../status/resource-status.ts";
import { builder, pageType } from "./builder.ts";

const conditionType = builder.objectRef<Condition>("Condition").implement({
  description: "As Kubernetes has them: type, status, reason, message.",
  fields: (t) => ({
    type: t.exposeString("type"),
    status: t.exposeString("status"),
    reason: t.exposeString("reason"),
    message: t.exposeString("message"),
    observedGeneration: t.exposeInt("observedGeneration"),
    lastTransitionTime: t.exposeString("lastTransitionTime"),
  }),
});

const countsType = builder.objectRef<NonNullable<ResourceStatus["clusters"]>>("ClusterCounts").implement({
  description: "How many clusters stand how.",
  fields: (t) => ({
    total: t.exposeInt("total"),
    programmed: t.exposeInt("programmed"),
    partiallyProgrammed: t.exposeInt("partiallyProgrammed"),
    pending: t.exposeInt("pending"),
    failed: t.exposeInt("failed"),
  }),
});

const statusType = builder.objectRef<ResourceStatus>("ResourceStatus").implement({
  fields: (t) => ({
    observedGeneration: t.exposeInt("observedGeneration"),
    conditions: t.field({ type: [conditionType], resolve: ({ conditions }) => [...conditions] }),
    clusters: t.field({ type: countsType, nullable: true, resolve: ({ clusters }) => clusters ?? null }),
  }),
});

const objectReportType = builder.objectRef<ObjectReport>("ObjectReport").implement({
  description: "One Kubernetes object that comes from the resource.",
  fields: (t) => ({
    object: t.exposeString("object", { description: "`apiVersion|kind|namespace|name`." }),
    state: t.exposeString("state", { description: "`applied`, `pending` or `failed`." }),
    code: t.string({ nullable: true, resolve: ({ problem }) => problem?.code ?? null }),
    message: t.string({ nullable: true, resolve: ({ problem }) => problem?.message ?? null }),
    owner: t.string({
      nullable: true,
      description: "Who holds the object or the field.",
      resolve: ({ problem }) => problem?.owner ?? null,
    }),
  }),
});

const fieldReportType = builder.objectRef<FieldReport>("FieldReport").implement({
  description: "How one field landed.",
  fields: (t) => ({
    path: t.exposeString("path"),
    level: t.exposeString("level", { description: "`native`, `approximated` or `unsupported`." }),
    how: t.exposeString("how"),
  }),
});

const conflictType = builder.objectRef<ClusterReport["conflicts"][number]>("FieldConflict").implement({
  fields: (t) => ({
    path: t.exposeString("path"),
    with: t.exposeString("with", { description: "The other resource." }),
  }),
});

const reportFindingType = builder.objectRef<ClusterReport["findings"][number]>("ReportFinding").implement({
  fields: (t) => ({
    code: t.exposeString("code"),
    path: t.exposeString("path"),
    reason: t.exposeString("reason"),
    remedy: t.exposeString("remedy"),
  }),
});

const clusterReportType = builder.objectRef<ClusterReport>("ClusterReport").implement({
  description: "How a resource stands in one cluster.",
  fields: (t) => ({
    cluster: t.exposeString("cluster"),
    state: t.exposeString("state", {
      description: "`programmed`, `partiallyProgrammed`, `pending` or `failed`.",
    }),
    reportedAt: t.string({ nullable: true, resolve: ({ reportedAt }) => reportedAt ?? null }),
    objects: t.field({ type: [objectReportType], resolve: ({ objects }) => [...objects] }),
    fields: t.field({
      type: [fieldReportType],
      args: {
        native: t.arg.boolean({ defaultValue: false, description: "Fields that landed as they are, too." }),
      },
      resolve: ({ fields }, { native }) => fields.filter(({ level }) => native || level !== "native"),
    }),
    findings: t.field({ type: [reportFindingType], resolve: ({ findings }) => [...findings] }),
    conflicts: t.field({ type: [conflictType], resolve: ({ conflicts }) => [...conflicts] }),
  }),
});

export const resourceType = builder.objectRef<Resource>("Resource").implement({
  description: "An abstract object as it is stored, and what became of it.",
  fields: (t) => ({
    kind: t.exposeString("kind"),
    workspace: t.string({ resolve: ({ metadata }) => metadata.workspace }),
    name: t.string({ resolve: ({ metadata }) => metadata.name }),
    manifest: t.field({
      type: "JSON",
      description: "apiVersion, kind, metadata and spec.",
      resolve: (resource) => resource,
    }),
    status: t.field({
      type: statusType,
      resolve: (resource, _, { fleet, reports }) => resourceStatus(fleet, reports, resource),
    }),
    report: t.field({
      type: [clusterReportType],
      description: "Per cluster: objects, fields, findings, conflicts. In the order of cluster names.",
      args: {
        clusters: t.arg.stringList({ description: "Only these." }),
        after: t.arg.string({ description: "Name of the last cluster seen." }),
        limit: t.arg.int({ defaultValue: 100 }),
      },
      resolve: (resource, { clusters, after, limit }, { fleet, reports }) =>
        isPolicy(resource)
          ? resourceReport(fleet, reports, resource)
              .filter(
                ({ cluster }) => (clusters?.includes(cluster) ?? true) && (after == null || cluster > after),
              )
              .slice(0, Math.min(limit ?? 100, 1000))
          : [],
    }),
  }),
});

export const resourcePageType = pageType<Resource>("ResourcePage", resourceType);

export const resourceRefInput = builder.inputType("ResourceRef", {
  description: "Names one resource.",
  fields: (t) => ({
    kind: t.string({ required: true }),
    workspace: t.string({ defaultValue: "default" }),
    name: t.string({ required: true }),
  }),
});

export function keyOf(ref: {
  readonly kind: string;
  readonly workspace?: string | null | undefined;
  readonly name: string;
}): ResourceKey {
  return `${ref.kind}/${ref.workspace ?? "default"}/${ref.name}`;
}
