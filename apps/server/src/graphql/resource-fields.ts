import { parseResourceKey } from "@heddle/api";
import { demand } from "../auth/permissions.ts";
import { applyManifests, deleteResources, type EditResult } from "../resources/edit-resources.ts";
import { listResources } from "../resources/list-resources.ts";
import { ServerError } from "../server-error.ts";
import { builder } from "./builder.ts";
import { findingType } from "./finding-type.ts";
import { type ResourceEvent, resourceEvents } from "./resource-events.ts";
import { keyOf, kindNamed, resourcePageType, resourceRefInput, resourceType } from "./resource-types.ts";

const outcomeType = builder.objectRef<EditResult["outcomes"][number]>("EditOutcome").implement({
  description: "What became of one resource of a write.",
  fields: (t) => ({
    key: t.exposeString("key", { description: "`Kind/workspace/name`." }),
    outcome: t.exposeString("outcome", {
      description: "`created`, `updated`, `unchanged`, `deleted` or `absent`.",
    }),
    generation: t.exposeInt("generation", {
      nullable: true,
      description: "Grows with each change of the spec.",
    }),
    resourceVersion: t.exposeString("resourceVersion", {
      nullable: true,
      description: "Given in a manifest's metadata, only this version is overwritten.",
    }),
  }),
});

export const editResultType = builder.objectRef<EditResult>("EditResult").implement({
  description: "What a write did. With an error among the findings nothing was written.",
  fields: (t) => ({
    revision: t.expose("revision", {
      type: "Revision",
      nullable: true,
      description: "Null when nothing changed.",
    }),
    written: t.exposeBoolean("written", { description: "False after an error, and for dry runs." }),
    outcomes: t.field({
      type: [outcomeType],
      description: "In the order of the input; none after an error.",
      resolve: ({ outcomes }) => [...outcomes],
    }),
    findings: t.field({
      type: [findingType],
      description: "Errors, warnings and hints about the input.",
      resolve: ({ findings }) => [...findings],
    }),
  }),
});

const resourceEventType = builder.objectRef<ResourceEvent>("ResourceEvent").implement({
  description: "A resource was changed or deleted, or its status is different.",
  fields: (t) => ({
    type: t.exposeString("type", { description: "`CHANGED` or `DELETED`." }),
    key: t.exposeString("key", { description: "`Kind/workspace/name`." }),
    resource: t.field({
      type: resourceType,
      nullable: true,
      description: "As it is now; null when it is deleted.",
      resolve: ({ resource }) => resource,
    }),
  }),
});

/** Resources: read, applied, deleted, watched. */
export function addResourceFields(): void {
  builder.queryFields((t) => ({
    resource: t.field({
      type: resourceType,
      nullable: true,
      description: "Null when it is not there.",
      args: { ref: t.arg({ type: resourceRefInput, required: true, description: "Which." }) },
      async resolve(_, { ref }, { actor, fleet, store }) {
        const key = keyOf(ref);
        demand(actor, { verb: "get", ...parseResourceKey(key) }, fleet.resources);
        return (await store.resources.get(key)) ?? null;
      },
    }),
    resources: t.field({
      type: resourcePageType,
      description: "What the actor may list, in the order of kind, workspace and name.",
      args: {
        kind: t.arg.string({ description: "Only of this kind." }),
        workspace: t.arg.string({ description: "Only in this workspace." }),
        labels: t.arg({ type: "JSON", description: "All of these labels." }),
        after: t.arg.string({ description: "`next` of the page before." }),
        limit: t.arg.int({ defaultValue: 100, description: "1,000 at most." }),
      },
      resolve: (_, { kind, workspace, labels, after, limit }, context) =>
        listResources(context, {
          ...(kind != null && { kind: kindNamed(kind) }),
          ...(workspace != null && { workspace }),
          ...(labels != null && { labels: labelsOf(labels) }),
          ...(after != null && { after }),
          ...(limit != null && { limit }),
        }),
    }),
  }));

  builder.mutationFields((t) => ({
    apply: t.field({
      type: editResultType,
      description: "Creates or changes resources: all of them or, with an error among the findings, none.",
      args: {
        manifests: t.arg({ type: ["JSON"], required: true, description: "10,000 at most." }),
        dryRun: t.arg.boolean({ defaultValue: false, description: "Judge and compare, write nothing." }),
        message: t.arg.string({ defaultValue: "", description: "Why; kept in the history." }),
      },
      resolve: (_, { manifests, dryRun, message }, context) =>
        applyManifests(context, manifests, { dryRun: dryRun ?? false, message: message ?? "" }),
    }),
    delete: t.field({
      type: editResultType,
      description: "Deletes resources: all of them or none. What is not there counts as deleted.",
      args: {
        refs: t.arg({ type: [resourceRefInput], required: true, description: "10,000 at most." }),
        dryRun: t.arg.boolean({ defaultValue: false, description: "Say what would be deleted." }),
        message: t.arg.string({ defaultValue: "", description: "Why; kept in the history." }),
      },
      resolve: (_, { refs, dryRun, message }, context) =>
        deleteResources(context, refs.map(keyOf), { dryRun: dryRun ?? false, message: message ?? "" }),
    }),
  }));

  builder.subscriptionFields((t) => ({
    resourceEvents: t.field({
      type: resourceEventType,
      description: "From now on; what is there already is a query.",
      args: {
        kind: t.arg.string({ description: "Only of this kind." }),
        workspace: t.arg.string({ description: "Only in this workspace." }),
        name: t.arg.string({ description: "Only of this name." }),
      },
      subscribe: (_, filter, context) => resourceEvents(context, filter),
      resolve: (event) => event,
    }),
  }));
}

function labelsOf(value: unknown): Record<string, string> {
  if (
    value !== null &&
    typeof value === "object" &&
    Object.values(value).every((label) => typeof label === "string")
  )
    return value as Record<string, string>;
  throw new ServerError("BAD_REQUEST", "labels must be an object of strings");
}
