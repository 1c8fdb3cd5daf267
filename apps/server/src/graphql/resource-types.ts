import {
  type Condition,
  defaultWorkspace,
  type KindName,
  kindByAlias,
  type Resource,
  type ResourceKey,
  type ResourceStatus,
} from "@heddle/api";
import { isTranslated } from "@heddle/core";
import { ServerError } from "../server-error.ts";
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
    type: t.exposeString("type", { description: "`Accepted` or `Programmed`." }),
    status: t.exposeString("status", { description: "`True`, `False` or `Unknown`." }),
    reason: t.exposeString("reason", { description: "One word, stable." }),
    message: t.exposeString("message", { description: "For people." }),
    observedGeneration: t.exposeInt("observedGeneration", { description: "Generation that it speaks of." }),
    lastTransitionTime: t.exposeString("lastTransitionTime", { description: "RFC 3339." }),
  }),
});

const countsType = builder.objectRef<NonNullable<ResourceStatus["clusters"]>>("ClusterCounts").implement({
  description: "How many clusters stand how.",
  fields: (t) => ({
    total: t.exposeInt("total", { description: "That it concerns." }),
    programmed: t.exposeInt("programmed", { description: "That have all of it." }),
    partiallyProgrammed: t.exposeInt("partiallyProgrammed", { description: "That have some of it." }),
    overridden: t.exposeInt("overridden", { description: "Where others that rank above it say it all." }),
    pending: t.exposeInt("pending", { description: "That have not answered yet." }),
    failed: t.exposeInt("failed", { description: "That have none of it." }),
  }),
});

const statusType = builder.objectRef<ResourceStatus>("ResourceStatus").implement({
  description: "What became of a resource, in short; `report` has all of it.",
  fields: (t) => ({
    observedGeneration: t.exposeInt("observedGeneration", { description: "Generation that it speaks of." }),
    conditions: t.field({
      type: [conditionType],
      description: "`Accepted`, and `Programmed` for what reaches clusters.",
      resolve: ({ conditions }) => [...conditions],
    }),
    clusters: t.field({
      type: countsType,
      nullable: true,
      description: "Null for kinds that reach no cluster.",
      resolve: ({ clusters }) => clusters ?? null,
    }),
  }),
});

const objectReportType = builder.objectRef<ObjectReport>("ObjectReport").implement({
  description: "One Kubernetes object that comes from the resource.",
  fields: (t) => ({
    object: t.exposeString("object", { description: "`apiVersion|kind|namespace|name`." }),
    state: t.exposeString("state", { description: "`applied`, `pending` or `failed`." }),
    code: t.string({
      nullable: true,
      description: "What failed; stable.",
      resolve: ({ problem }) => problem?.code ?? null,
    }),
    message: t.string({
      nullable: true,
      description: "What failed, for people.",
      resolve: ({ problem }) => problem?.message ?? null,
    }),
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
    path: t.exposeString("path", { description: "In the resource's spec." }),
    level: t.exposeString("level", { description: "`native`, `approximated` or `unsupported`." }),
    how: t.exposeString("how", { description: "What it became, or why not." }),
  }),
});

const conflictType = builder.objectRef<ClusterReport["conflicts"][number]>("FieldConflict").implement({
  description: "Two resources say different things; the one accepted first holds.",
  fields: (t) => ({
    path: t.exposeString("path", { description: "In this resource's spec." }),
    with: t.exposeString("with", { description: "The other resource." }),
  }),
});

const reportFindingType = builder.objectRef<ClusterReport["findings"][number]>("ReportFinding").implement({
  description: "What translating a resource for a cluster found.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "Stable." }),
    path: t.exposeString("path", { description: "In the resource's spec." }),
    reason: t.exposeString("reason", { description: "Why." }),
    remedy: t.exposeString("remedy", { description: "What to do." }),
  }),
});

const clusterReportType = builder.objectRef<ClusterReport>("ClusterReport").implement({
  description: "How a resource stands in one cluster.",
  fields: (t) => ({
    cluster: t.exposeString("cluster", { description: "Its name." }),
    state: t.exposeString("state", {
      description: "`programmed`, `partiallyProgrammed`, `pending`, `overridden` or `failed`.",
    }),
    reportedAt: t.string({
      nullable: true,
      description: "When its agent last reported on it (RFC 3339).",
      resolve: ({ reportedAt }) => reportedAt ?? null,
    }),
    objects: t.field({
      type: [objectReportType],
      description: "What comes from the resource there.",
      resolve: ({ objects }) => [...objects],
    }),
    fields: t.field({
      type: [fieldReportType],
      description: "How its fields landed.",
      args: {
        native: t.arg.boolean({ defaultValue: false, description: "Fields that landed as they are, too." }),
      },
      resolve: ({ fields }, { native }) => fields.filter(({ level }) => native || level !== "native"),
    }),
    findings: t.field({
      type: [reportFindingType],
      description: "What translation found.",
      resolve: ({ findings }) => [...findings],
    }),
    conflicts: t.field({
      type: [conflictType],
      description: "Fields that another resource sets differently.",
      resolve: ({ conflicts }) => [...conflicts],
    }),
  }),
});

export const resourceType = builder.objectRef<Resource>("Resource").implement({
  description: "An abstract object as it is stored, and what became of it.",
  fields: (t) => ({
    kind: t.exposeString("kind", { description: "E.g. `TrafficPolicy`." }),
    workspace: t.string({
      description: "`default` for kinds of the whole fleet.",
      resolve: ({ metadata }) => metadata.workspace,
    }),
    name: t.string({
      description: "Unique in kind and workspace.",
      resolve: ({ metadata }) => metadata.name,
    }),
    manifest: t.field({
      type: "JSON",
      description: "apiVersion, kind, metadata and spec.",
      resolve: (resource) => resource,
    }),
    status: t.field({
      type: statusType,
      description: "What became of it.",
      async resolve(resource, _, { fleet, reports }) {
        await fleet.settled;
        return resourceStatus(fleet, reports, resource);
      },
    }),
    report: t.field({
      type: [clusterReportType],
      description: "Per cluster: objects, fields, findings, conflicts. In the order of cluster names.",
      args: {
        clusters: t.arg.stringList({ description: "Only these." }),
        after: t.arg.string({ description: "Name of the last cluster seen." }),
        limit: t.arg.int({ defaultValue: 100, description: "1,000 at most." }),
      },
      async resolve(resource, { clusters, after, limit }, { fleet, reports }) {
        if (!isTranslated(resource)) return [];
        await fleet.settled;
        return resourceReport(fleet, reports, resource)
          .filter(
            ({ cluster }) => (clusters?.includes(cluster) ?? true) && (after == null || cluster > after),
          )
          .slice(0, Math.min(limit ?? 100, 1000));
      },
    }),
  }),
});

export const resourcePageType = pageType<Resource>("ResourcePage", resourceType);

export const resourceRefInput = builder.inputType("ResourceRef", {
  description: "Names one resource.",
  fields: (t) => ({
    kind: t.string({ required: true, description: "The kind, its plural or its short name." }),
    workspace: t.string({ defaultValue: "default", description: "Its workspace." }),
    name: t.string({ required: true, description: "Its name." }),
  }),
});

/** Key of what a client names, so that what is judged is what is read. @throws ServerError BAD_REQUEST */
export function keyOf(ref: {
  readonly kind: string;
  readonly workspace?: string | null | undefined;
  readonly name: string;
}): ResourceKey {
  const { workspace, name } = ref;
  if (workspace?.includes("/") || name.includes("/"))
    throw new ServerError("BAD_REQUEST", "names of workspaces and resources have no slash");
  return `${kindNamed(ref.kind)}/${workspace ?? defaultWorkspace}/${name}`;
}

/** The kind of this name, plural or short name. @throws ServerError BAD_REQUEST */
export function kindNamed(alias: string): KindName {
  const kind = kindByAlias(alias);
  if (kind === undefined) throw new ServerError("BAD_REQUEST", `there is no kind ${alias.slice(0, 100)}`);
  return kind.kind;
}
