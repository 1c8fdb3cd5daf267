import {
  type InClusters,
  type ObjectChange,
  type Plan,
  type Provenance,
  planIn,
  summaryOf,
} from "@heddle/core";
import type { EditPlan } from "../plan/plan-edits.ts";
import type { PlannedResource } from "../plan/planned-resources.ts";
import { builder } from "./builder.ts";
import { findingType } from "./finding-type.ts";

export const provenanceType = builder.objectRef<Provenance>("Provenance").implement({
  description: "A field of a resource, as the source of something.",
  fields: (t) => ({
    resource: t.exposeString("resource", { description: "`Kind/workspace/name`." }),
    path: t.exposeString("path", { description: "E.g. `spec.rules[0].timeout`." }),
  }),
});

const plannedResourceType = builder.objectRef<PlannedResource>("PlannedResource").implement({
  description: "What would become of a resource.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "`Kind/workspace/name`." }),
    outcome: t.exposeString("outcome", {
      description: "`created`, `updated`, `unchanged`, `deleted` or `absent`.",
    }),
    before: t.field({
      type: "JSON",
      nullable: true,
      description: "As it is now; null where there is none.",
      resolve: ({ before }) => before ?? null,
    }),
    after: t.field({
      type: "JSON",
      nullable: true,
      description: "As it would be; null where it would be gone.",
      resolve: ({ after }) => after ?? null,
    }),
  }),
});

const objectChangeType = builder.objectRef<InClusters<ObjectChange>>("ObjectChange").implement({
  description:
    "A Kubernetes object that would be created, changed or deleted, the same in all of these clusters.",
  fields: (t) => ({
    clusters: t.stringList({ description: "Where.", resolve: ({ clusters }) => [...clusters] }),
    object: t.exposeString("object", { description: "`apiVersion|kind|namespace|name`." }),
    action: t.exposeString("action", { description: "`create`, `change` or `delete`." }),
    before: t.field({
      type: "JSON",
      nullable: true,
      description: "As it is now; null where there is none.",
      resolve: ({ before }) => before ?? null,
    }),
    after: t.field({
      type: "JSON",
      nullable: true,
      description: "As it would be; null where it would be gone.",
      resolve: ({ after }) => after ?? null,
    }),
    because: t.field({
      type: [provenanceType],
      description: "The edited fields that bring it.",
      resolve: ({ because }) => [...because],
    }),
  }),
});

const verdictChangeType = builder.objectRef<Plan["verdicts"][number]>("VerdictChange").implement({
  description: "A field that would land differently than now, or not as written.",
  fields: (t) => ({
    clusters: t.stringList({ description: "Where.", resolve: ({ clusters }) => [...clusters] }),
    resource: t.exposeString("resource", { description: "`Kind/workspace/name`." }),
    path: t.exposeString("path", { description: "In the resource's spec." }),
    level: t.exposeString("level", { description: "`native`, `approximated` or `unsupported`." }),
    how: t.exposeString("how", { description: "What it would become, or why not." }),
    was: t.string({
      nullable: true,
      description: "Its level now; null where it is new.",
      resolve: ({ was }) => was ?? null,
    }),
  }),
});

const planFindingType = builder.objectRef<Plan["findings"][number]>("PlanFinding").implement({
  description: "A finding that is not there now.",
  fields: (t) => ({
    clusters: t.stringList({ description: "Where.", resolve: ({ clusters }) => [...clusters] }),
    resource: t.exposeString("resource", { description: "`Kind/workspace/name`." }),
    path: t.exposeString("path", { description: "In the resource's spec." }),
    code: t.exposeString("code", { description: "Stable." }),
    reason: t.exposeString("reason", { description: "Why." }),
    remedy: t.exposeString("remedy", { description: "What to do." }),
  }),
});

const planConflictType = builder.objectRef<Plan["conflicts"][number]>("PlanConflict").implement({
  description: "Two resources that would say different things of one field.",
  fields: (t) => ({
    clusters: t.stringList({ description: "Where.", resolve: ({ clusters }) => [...clusters] }),
    winner: t.field({
      type: provenanceType,
      description: "Whose value would hold.",
      resolve: ({ winner }) => winner,
    }),
    loser: t.field({
      type: provenanceType,
      description: "Whose value would not.",
      resolve: ({ loser }) => loser,
    }),
    at: t.string({
      nullable: true,
      description: "The object's field, where only an object shows it.",
      resolve: ({ at }) => at ?? null,
    }),
  }),
});

const riskType = builder.objectRef<Plan["risks"][number]>("Risk").implement({
  description: "Traffic or access that could stop working.",
  fields: (t) => ({
    code: t.exposeString("code", {
      description:
        "`BACKEND_MISSING`, `NO_BACKENDS`, `CLIENTS_SHUT_OUT`, `CLIENTS_RESTRICTED`, `CLIENTS_NOT_MESHED` or `TOKEN_REQUIRED`.",
    }),
    clusters: t.stringList({ description: "Where.", resolve: ({ clusters }) => [...clusters] }),
    destinations: t.stringList({
      description: "`namespace/name` of Services.",
      resolve: ({ destinations }) => [...destinations],
    }),
    reason: t.exposeString("reason", { description: "Why." }),
    clients: t.stringList({
      description: "Who is concerned; empty when it is everybody.",
      resolve: ({ clients }) => [...clients],
    }),
    because: t.field({
      type: [provenanceType],
      description: "The fields that bring it.",
      resolve: ({ because }) => [...because],
    }),
  }),
});

const summaryType = builder.objectRef<ReturnType<typeof summaryOf>>("PlanSummary").implement({
  description: "Objects, counted in every cluster, and how many clusters that are.",
  fields: (t) => ({
    create: t.exposeInt("create", { description: "To be created." }),
    change: t.exposeInt("change", { description: "To be changed." }),
    delete: t.exposeInt("delete", { description: "To be deleted." }),
    clusters: t.exposeInt("clusters", { description: "Clusters in which anything would change." }),
  }),
});

export const planType = builder.objectRef<EditPlan>("Plan").implement({
  description:
    "What edits would do; nothing was written. With an error among the findings nothing else is told.",
  fields: (t) => ({
    revision: t.expose("revision", {
      type: "Revision",
      description: "Of the inputs that it was computed from.",
    }),
    resources: t.field({
      type: [plannedResourceType],
      description: "What would become of the edited resources.",
      resolve: ({ resources }) => [...resources],
    }),
    findings: t.field({
      type: [findingType],
      description: "About the edits themselves.",
      resolve: ({ findings }) => [...findings],
    }),
    summary: t.field({
      type: summaryType,
      description: "In numbers.",
      resolve: ({ plan }) => summaryOf(plan),
    }),
    objects: t.field({
      type: [objectChangeType],
      description: "What would be written into clusters.",
      resolve: ({ plan }) => [...plan.objects],
    }),
    verdicts: t.field({
      type: [verdictChangeType],
      description: "How fields would land.",
      resolve: ({ plan }) => [...plan.verdicts],
    }),
    newFindings: t.field({
      type: [planFindingType],
      description: "What translation would find.",
      resolve: ({ plan }) => [...plan.findings],
    }),
    conflicts: t.field({
      type: [planConflictType],
      description: "Where resources would contradict.",
      resolve: ({ plan }) => [...plan.conflicts],
    }),
    risks: t.field({
      type: [riskType],
      description: "What could break.",
      resolve: ({ plan }) => [...plan.risks],
    }),
  }),
});

/** Only what concerns these clusters; all of it when none are named. */
export function onlyIn(planned: EditPlan, clusters: readonly string[] | null | undefined): EditPlan {
  return clusters == null ? planned : { ...planned, plan: planIn(planned.plan, clusters) };
}
