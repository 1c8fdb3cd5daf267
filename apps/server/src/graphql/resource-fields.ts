import { type KindName, kindByAlias, type Resource, type ResourceKey } from "@heddle/api";
import { demand } from "../auth/permissions.ts";
import { applyManifests, deleteResources, type EditResult } from "../resources/edit-resources.ts";
import { ServerError } from "../server-error.ts";
import { builder } from "./builder.ts";
import type { ApiContext } from "./context.ts";
import { eventStream } from "./event-stream.ts";
import { findingType } from "./finding-type.ts";
import { keyOf, resourcePageType, resourceRefInput, resourceType } from "./resource-types.ts";

const outcomeType = builder.objectRef<EditResult["outcomes"][number]>("EditOutcome").implement({
  fields: (t) => ({
    key: t.exposeString("key", { description: "`Kind/workspace/name`." }),
    outcome: t.exposeString("outcome", {
      description: "`created`, `updated`, `unchanged`, `deleted` or `absent`.",
    }),
    generation: t.exposeInt("generation", { nullable: true }),
    resourceVersion: t.exposeString("resourceVersion", { nullable: true }),
  }),
});

export const editResultType = builder.objectRef<EditResult>("EditResult").implement({
  description: "What a write did. With an error among the findings nothing was written.",
  fields: (t) => ({
    revision: t.exposeInt("revision", { nullable: true, description: "Null when nothing changed." }),
    written: t.exposeBoolean("written"),
    outcomes: t.field({ type: [outcomeType], resolve: ({ outcomes }) => [...outcomes] }),
    findings: t.field({ type: [findingType], resolve: ({ findings }) => [...findings] }),
  }),
});

interface ResourceEvent {
  readonly type: "CHANGED" | "DELETED";
  readonly key: ResourceKey;
  readonly resource: Resource | null;
}

const resourceEventType = builder.objectRef<ResourceEvent>("ResourceEvent").implement({
  description: "A resource was changed or deleted, or its status is different.",
  fields: (t) => ({
    type: t.exposeString("type", { description: "`CHANGED` or `DELETED`." }),
    key: t.exposeString("key"),
    resource: t.field({ type: resourceType, nullable: true, resolve: ({ resource }) => resource }),
  }),
});

interface EventFilter {
  readonly kind?: string | null | undefined;
  readonly workspace?: string | null | undefined;
  readonly name?: string | null | undefined;
}

function resourceEvents({ fleet, reports }: ApiContext, filter: EventFilter): AsyncGenerator<ResourceEvent> {
  const kind = filter.kind == null ? undefined : kindNamed(filter.kind);
  const wanted = (key: ResourceKey) => {
    const [ofKind, workspace, name] = key.split("/");
    return (
      (kind === undefined || ofKind === kind) &&
      (filter.workspace == null || workspace === filter.workspace) &&
      (filter.name == null || name === filter.name)
    );
  };
  return eventStream((push) => {
    const changed = (key: ResourceKey) => {
      if (!wanted(key)) return;
      const resource = fleet.resources.get(key) ?? null;
      push({ type: resource === null ? "DELETED" : "CHANGED", key, resource });
    };
    const ends = [
      fleet.onChange(({ resources }) => resources.forEach(changed)),
      reports.onReports((cluster, bundles) => {
        const output = fleet.engine.output(cluster);
        const concerned = new Set(
          bundles
            .flatMap((id) => output?.bundles.get(id)?.objects ?? [])
            .flatMap((ref) => output?.objects.get(ref)?.from ?? [])
            .map(({ resource }) => resource),
        );
        concerned.forEach(changed);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  });
}

function kindNamed(alias: string): KindName {
  const kind = kindByAlias(alias);
  if (kind === undefined) throw new ServerError("BAD_REQUEST", `there is no kind ${alias}`);
  return kind.kind;
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

/** Resources: read, applied, deleted, watched. */
export function addResourceFields(): void {
  builder.queryFields((t) => ({
    resource: t.field({
      type: resourceType,
      nullable: true,
      args: { ref: t.arg({ type: resourceRefInput, required: true }) },
      async resolve(_, { ref }, context) {
        demand(
          context.actor,
          { verb: "get", kind: ref.kind, workspace: ref.workspace ?? undefined, name: ref.name },
          context.fleet.resources,
        );
        return (await context.store.resources.get(keyOf(ref))) ?? null;
      },
    }),
    resources: t.field({
      type: resourcePageType,
      description: "In the order of kind, workspace and name.",
      args: {
        kind: t.arg.string(),
        workspace: t.arg.string(),
        labels: t.arg({ type: "JSON", description: "All of these labels." }),
        after: t.arg.string(),
        limit: t.arg.int({ defaultValue: 100 }),
      },
      resolve(_, { kind, workspace, labels, after, limit }, context) {
        demand(
          context.actor,
          { verb: "list", kind: kind ?? "*", workspace: workspace ?? undefined },
          context.fleet.resources,
        );
        return context.store.resources.list({
          ...(kind != null && { kind: kindNamed(kind) }),
          ...(workspace != null && { workspace }),
          ...(labels != null && { labels: labelsOf(labels) }),
          cursor: after ?? undefined,
          limit: limit ?? undefined,
        });
      },
    }),
  }));

  builder.mutationFields((t) => ({
    apply: t.field({
      type: editResultType,
      description: "Creates or changes resources: all of them or, with an error among the findings, none.",
      args: {
        manifests: t.arg({ type: ["JSON"], required: true }),
        dryRun: t.arg.boolean({ defaultValue: false }),
        message: t.arg.string({ defaultValue: "", description: "Why; kept in the history." }),
      },
      resolve: (_, { manifests, dryRun, message }, context) =>
        applyManifests(context, manifests, { dryRun: dryRun ?? false, message: message ?? "" }),
    }),
    delete: t.field({
      type: editResultType,
      description: "Deletes resources: all of them or none. What is not there counts as deleted.",
      args: {
        refs: t.arg({ type: [resourceRefInput], required: true }),
        dryRun: t.arg.boolean({ defaultValue: false }),
        message: t.arg.string({ defaultValue: "" }),
      },
      resolve: (_, { refs, dryRun, message }, context) =>
        deleteResources(context, refs.map(keyOf), { dryRun: dryRun ?? false, message: message ?? "" }),
    }),
  }));

  builder.subscriptionFields((t) => ({
    resourceEvents: t.field({
      type: resourceEventType,
      args: { kind: t.arg.string(), workspace: t.arg.string(), name: t.arg.string() },
      subscribe(_, filter, context) {
        demand(
          context.actor,
          { verb: "watch", kind: filter.kind ?? "*", workspace: filter.workspace ?? undefined },
          context.fleet.resources,
        );
        return resourceEvents(context, filter);
      },
      resolve: (event) => event,
    }),
  }));
}
