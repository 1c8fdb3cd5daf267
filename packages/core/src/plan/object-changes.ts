import type { ObjectRef } from "@heddle/api";
import { canonicalJson, type JsonObject } from "../canonical-json.ts";
import type { Engine } from "../engine/engine.ts";
import type { Provenance } from "../provenance.ts";
import { type AssembledField, distinct } from "../translation/assembly.ts";
import { type EditedFields, isWithin } from "./edited-fields.ts";
import type { ObjectChange } from "./plan.ts";
import type { Stage } from "./rehearse.ts";

/** An object of a bundle that is not the same on the other side. */
export interface StagedObject {
  readonly cluster: string;
  readonly ref: ObjectRef;
  readonly object: JsonObject;
  readonly fields: readonly AssembledField[];
}

/** Objects of the bundles that only this side has, by cluster and name. */
export function stagedObjects(engine: Engine, { deltas }: Stage): Map<string, StagedObject> {
  const found = new Map<string, StagedObject>();
  for (const [cluster, { upserts }] of deltas)
    for (const ref of upserts.flatMap((bundle) => bundle.objects)) {
      const object = engine.output(cluster)?.objects.get(ref)?.object;
      if (object !== undefined)
        found.set(`${cluster} ${ref}`, { cluster, ref, object, fields: engine.fields(cluster, ref) ?? [] });
    }
  return found;
}

/** Objects that differ between the sides, each with the edited fields that make the difference. */
export function* objectChanges(
  before: ReadonlyMap<string, StagedObject>,
  after: ReadonlyMap<string, StagedObject>,
  edited: EditedFields,
): Iterable<ObjectChange> {
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, young] = [before.get(key), after.get(key)];
    const known = young ?? old;
    if (known === undefined || (old && young && canonicalJson(old.object) === canonicalJson(young.object)))
      continue;
    yield {
      cluster: known.cluster,
      object: known.ref,
      action: old === undefined ? "create" : young === undefined ? "delete" : "change",
      before: old?.object,
      after: young?.object,
      because: causes(old?.fields ?? [], young?.fields ?? [], edited),
    };
  }
}

/** The edited part of where the difference comes from; all of that when the edits work through other resources. */
function causes(
  before: readonly AssembledField[],
  after: readonly AssembledField[],
  edited: EditedFields,
): readonly Provenance[] {
  const values = ({ path, value }: AssembledField) => `${path} ${canonicalJson(value)}`;
  const sources = (fields: readonly AssembledField[]) => distinct(fields.flatMap(({ from }) => from));
  const differing = sources(onlyInOne(before, after, values));
  // A resource may take a field away only by bearing on the object, or be named on it though all that it says there loses.
  const heard = (fields: readonly AssembledField[]) =>
    distinct(fields.flatMap(({ from, lost }) => [...from, ...lost.flatMap((loser) => loser.from)]));
  const joined = onlyInOne(heard(before), heard(after), canonicalJson);
  const narrowed = [...differing, ...joined].flatMap((from) => edited.narrow(from));
  if (narrowed.length > 0) return outermost(distinct(narrowed));
  return outermost(differing.length > 0 ? differing : joined);
}

/** Without those that are a part of another. */
function outermost(sources: readonly Provenance[]): Provenance[] {
  return sources.filter(
    ({ resource, path }) =>
      !sources.some(
        (other) => other.resource === resource && other.path !== path && isWithin(path, other.path),
      ),
  );
}

/** What only one of the two lists has, by this text. */
function onlyInOne<T>(before: readonly T[], after: readonly T[], text: (item: T) => string): T[] {
  const [old, young] = [new Set(before.map(text)), new Set(after.map(text))];
  return [
    ...before.filter((item) => !young.has(text(item))),
    ...after.filter((item) => !old.has(text(item))),
  ];
}
