import {
  type Explanation,
  explainDestination,
  explainObjects,
  explainResource,
  explainWorkload,
} from "@heddle/core";
import { demand } from "../auth/permissions.ts";
import { builder } from "./builder.ts";
import type { ApiContext } from "./context.ts";
import { resourceEffectsType } from "./effect-types.ts";
import { explainedObjectType, explanationType } from "./explain-types.ts";
import { keyOf, resourceRefInput } from "./resource-types.ts";

/** At most so many answers to one question. */
const most = 1_000;

function demandGet({ actor, fleet }: ApiContext, kind: string, name: string): void {
  demand(actor, { verb: "get", kind, name }, fleet.resources);
}

/** In the named cluster, or in every one that has it. */
function inEach(
  { fleet }: ApiContext,
  cluster: string | null | undefined,
  explain: (cluster: string) => Explanation | undefined,
): Explanation[] {
  const names = cluster == null ? [...fleet.engine.world.clusters.keys()].sort() : [cluster];
  return names.flatMap((name) => explain(name) ?? []).slice(0, most);
}

const clusterArgument = "Only this one; every cluster that has it unless set.";

export function addExplainFields(): void {
  builder.queryFields((t) => ({
    explainDestination: t.field({
      type: [explanationType],
      description: "Why a Service is called as it is: the policies in rank order, and who said each field.",
      args: {
        cluster: t.arg.string({ description: clusterArgument }),
        namespace: t.arg.string({ required: true, description: "Of what is explained." }),
        name: t.arg.string({ required: true, description: "Of what is explained." }),
      },
      resolve(_, { cluster, namespace, name }, context) {
        demandGet(context, "Destination", name);
        return inEach(context, cluster, (at) =>
          explainDestination(context.fleet.engine, at, namespace, name),
        );
      },
    }),
    explainWorkload: t.field({
      type: [explanationType],
      description: "What bears on a workload, on whatever level.",
      args: {
        cluster: t.arg.string({ description: clusterArgument }),
        namespace: t.arg.string({ required: true, description: "Of what is explained." }),
        name: t.arg.string({ required: true, description: "Of what is explained." }),
        kind: t.arg.string({
          description: "Needed only where two workloads share a name, e.g. `Deployment`.",
        }),
      },
      resolve(_, { cluster, namespace, name, kind }, context) {
        demandGet(context, "Workload", name);
        return inEach(context, cluster, (at) =>
          explainWorkload(context.fleet.engine, at, namespace, name, kind ?? undefined),
        );
      },
    }),
    explainObject: t.field({
      type: [explainedObjectType],
      description: "An object that Heddle writes, and the resource and field behind each of its fields.",
      args: {
        cluster: t.arg.string({ description: clusterArgument }),
        kind: t.arg.string({ required: true, description: "Of the object, without regard to case." }),
        namespace: t.arg.string({ defaultValue: "", description: "Empty for objects without one." }),
        name: t.arg.string({ required: true, description: "Of what is explained." }),
      },
      resolve(_, { cluster, kind, namespace, name }, context) {
        demandGet(context, "Destination", name);
        return explainObjects(context.fleet.engine, {
          cluster: cluster ?? undefined,
          kind,
          namespace: namespace ?? "",
          name,
        }).slice(0, most);
      },
    }),
    explainResource: t.field({
      type: resourceEffectsType,
      description:
        "What a policy comes to at everything it bears on: its rank, the fields it holds and those it does not.",
      args: {
        ref: t.arg({ type: resourceRefInput, required: true, description: "The policy." }),
        cluster: t.arg.string({ description: "Only in this one." }),
        limit: t.arg.int({ defaultValue: 100, description: "At most so many; 1000 at the most." }),
      },
      async resolve(_, { ref, cluster, limit }, context) {
        const { kind, workspace, name } = ref;
        demand(
          context.actor,
          { verb: "get", kind, workspace: workspace ?? undefined, name },
          context.fleet.resources,
        );
        await context.fleet.settled;
        return explainResource(context.fleet.engine, keyOf(ref), {
          cluster: cluster ?? undefined,
          limit: Math.min(Math.max(limit ?? 100, 1), most),
        });
      },
    }),
  }));
}
