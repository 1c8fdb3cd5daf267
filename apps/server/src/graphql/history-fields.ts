import type { ResourceVersion } from "@heddle/store";
import { demand } from "../auth/permissions.ts";
import {
  refuseChangedSince,
  rollbackOfFleet,
  rollbackOfResource,
  versionAt,
} from "../history/resource-history.ts";
import { planEdits } from "../plan/plan-edits.ts";
import { editResources, type WantedEdits } from "../resources/edit-resources.ts";
import { ServerError } from "../server-error.ts";
import { builder, pageType } from "./builder.ts";
import type { ApiContext } from "./context.ts";
import { onlyIn, planType } from "./plan-types.ts";
import { editResultType } from "./resource-fields.ts";
import { keyOf, resourceRefInput } from "./resource-types.ts";

const versionType = builder.objectRef<ResourceVersion>("ResourceVersion").implement({
  description: "One accepted write of a resource. A change of labels only repeats the generation.",
  fields: (t) => ({
    revision: t.expose("revision", { type: "Revision", description: "At which it was written." }),
    generation: t.exposeInt("generation", { description: "Grows with each change of the spec." }),
    deleted: t.exposeBoolean("deleted", {
      description: "It was deleted then; `manifest` is what was deleted.",
    }),
    author: t.exposeString("author", { description: "Who wrote it." }),
    message: t.exposeString("message", { description: "Why, as the author said." }),
    at: t.exposeString("at", { description: "RFC 3339." }),
    manifest: t.field({ type: "JSON", description: "As it was then.", resolve: ({ resource }) => resource }),
  }),
});
const versionPageType = pageType<ResourceVersion>("ResourceVersionPage", versionType);

type Ref = Parameters<typeof keyOf>[0];

function demandGet({ actor, fleet }: ApiContext, { kind, workspace, name }: Ref): void {
  demand(actor, { verb: "get", kind, workspace: workspace ?? undefined, name }, fleet.resources);
}

/** @throws ServerError BAD_REQUEST unless it is either a resource with a generation or a revision */
function rollbackEdits(
  context: ApiContext,
  {
    ref,
    generation,
    revision,
  }: {
    ref?: Ref | null | undefined;
    generation?: number | null | undefined;
    revision?: number | null | undefined;
  },
): Promise<WantedEdits> {
  if (ref != null && generation != null && revision == null) {
    demandGet(context, ref);
    return rollbackOfResource(context, keyOf(ref), generation);
  }
  if (ref == null && generation == null && revision != null) return rollbackOfFleet(context, revision);
  throw new ServerError(
    "BAD_REQUEST",
    "give either ref and toGeneration, for one resource, or toRevision, for all of them",
  );
}

export function addHistoryFields(): void {
  builder.queryFields((t) => ({
    history: t.field({
      type: versionPageType,
      description:
        "Versions of a resource, newest first; goes on through deletions to earlier ones of the name.",
      args: {
        ref: t.arg({ type: resourceRefInput, required: true, description: "Which." }),
        after: t.arg.string({ description: "`next` of the page before." }),
        limit: t.arg.int({ defaultValue: 100, description: "1,000 at most." }),
      },
      resolve(_, { ref, after, limit }, context) {
        demandGet(context, ref);
        return context.store.resources.history(keyOf(ref), {
          cursor: after ?? undefined,
          limit: limit ?? undefined,
        });
      },
    }),
    generation: t.field({
      type: versionType,
      description: "The newest version of a resource with this generation.",
      args: {
        ref: t.arg({ type: resourceRefInput, required: true, description: "Which." }),
        generation: t.arg.int({ required: true, description: "Of its spec." }),
      },
      resolve(_, { ref, generation }, context) {
        demandGet(context, ref);
        return versionAt(context.store, keyOf(ref), generation);
      },
    }),
    planRollback: t.field({
      type: planType,
      description: "What `rollback` would do. Nothing is written.",
      args: {
        ref: t.arg({ type: resourceRefInput, description: "One resource; with `toGeneration`." }),
        toGeneration: t.arg.int({ description: "Of this resource." }),
        toRevision: t.arg({ type: "Revision", description: "Of everything." }),
        clusters: t.arg.stringList({ description: "Tell only of these." }),
      },
      async resolve(_, { ref, toGeneration, toRevision, clusters }, context) {
        const wanted = await rollbackEdits(context, { ref, generation: toGeneration, revision: toRevision });
        return onlyIn(await planEdits(context, wanted), clusters);
      },
    }),
  }));

  builder.mutationFields((t) => ({
    rollback: t.field({
      type: editResultType,
      description:
        "Brings one resource back to a generation, or all resources back to what they were at a revision; as a new revision.",
      args: {
        ref: t.arg({ type: resourceRefInput, description: "One resource; with `toGeneration`." }),
        toGeneration: t.arg.int({ description: "Of this resource." }),
        toRevision: t.arg({ type: "Revision", description: "Of everything." }),
        planned: t.arg({
          type: "Revision",
          description:
            "Revision of the plan that was looked at; refused when something of it was changed since.",
        }),
        message: t.arg.string({ defaultValue: "", description: "Why; kept in the history." }),
      },
      async resolve(_, { ref, toGeneration, toRevision, planned, message }, context) {
        const wanted = await rollbackEdits(context, { ref, generation: toGeneration, revision: toRevision });
        if (planned != null) refuseChangedSince(context.fleet, wanted, planned);
        const target = toRevision == null ? `generation ${toGeneration}` : `revision ${toRevision}`;
        return editResources(context, wanted, {
          dryRun: false,
          message: message || `rollback to ${target}`,
        });
      },
    }),
  }));
}
