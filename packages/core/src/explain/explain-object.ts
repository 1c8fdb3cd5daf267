import { type ObjectRef, parseObjectRef } from "@heddle/api";
import type { Engine } from "../engine/engine.ts";
import type { ExplainedObject, LostField } from "./explanation.ts";

/** What an object is asked for by; kinds without regard to case, as people type them. */
export interface ObjectQuery {
  readonly cluster?: string | undefined;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Objects of that kind and name, of whatever API version, in the order of clusters; with where each field comes from. */
export function explainObjects(
  engine: Engine,
  { cluster, kind, namespace, name }: ObjectQuery,
): ExplainedObject[] {
  const clusters = cluster === undefined ? [...engine.world.clusters.keys()].sort() : [cluster];
  return clusters.flatMap((at) =>
    [...(engine.output(at)?.objects.keys() ?? [])].flatMap((ref) => {
      const found = parseObjectRef(ref);
      return found.kind.toLowerCase() === kind.toLowerCase() &&
        found.namespace === namespace &&
        found.name === name
        ? explainObject(engine, at, ref)
        : [];
    }),
  );
}

function explainObject(engine: Engine, cluster: string, ref: ObjectRef): ExplainedObject[] {
  const object = engine.output(cluster)?.objects.get(ref)?.object;
  const fields = engine.fields(cluster, ref);
  if (object === undefined || fields === undefined) return [];
  return [
    {
      cluster,
      object: ref,
      value: object,
      fields: fields.map(({ path, value, from, lost }) => ({
        field: path === "" ? "whole object" : path,
        value,
        from,
        lost: lost.flatMap(({ value: other, from: sources }) =>
          sources.map(
            (source): LostField => ({
              ...source,
              value: other,
              outcome: "conflicted",
              why: `${from[0]?.resource ?? "another resource"} was accepted first`,
            }),
          ),
        ),
      })),
    },
  ];
}
