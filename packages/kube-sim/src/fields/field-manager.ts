import type { Json, JsonObject } from "../json/json.ts";
import { isObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { Schema } from "../schema/schema.ts";
import {
  difference,
  emptySet,
  type FieldSet,
  formatPath,
  intersection,
  paths,
  union,
  withoutSubtrees,
} from "./field-set.ts";
import { compareFields, fieldsOf, removeFields, withNamedParents } from "./field-walks.ts";
import {
  type Owner,
  type Ownership,
  readOwnerships,
  sameOwner,
  unowned,
  writeOwnerships,
} from "./managed-fields.ts";
import { mergeApplied } from "./merge-applied.ts";

/** One field that another manager owns and the applied configuration wants to change. */
export interface FieldConflict {
  readonly owner: Owner;
  readonly path: string;
}

export interface FieldContext {
  readonly schema: Schema;
  readonly owner: Owner;
  /** Fields that the request cannot change (the other side of a status subresource). */
  readonly ignored: FieldSet;
  /** RFC 3339. */
  readonly now: string;
}

/** The object without the part that ownership never speaks about. */
function bare(object: KubeObject): JsonObject {
  const { managedFields: _unused, ...metadata } = object.metadata;
  return { ...object, metadata };
}

const isReset = (value: Json | undefined): boolean =>
  Array.isArray(value) && value.length === 1 && isObject(value[0]) && Object.keys(value[0]).length === 0;

/**
 * `metadata.managedFields` after an update: the manager gains every field that it added or changed, others lose
 * what it changed or removed. `before` is the empty object on create.
 */
export function trackUpdate(before: KubeObject, after: KubeObject, context: FieldContext): JsonObject[] {
  const given = after.metadata["managedFields"];
  if (isReset(given)) return [];
  const provided = readOwnerships(after);
  const previous = provided.length > 0 ? provided : readOwnerships(before);
  const { ownerships, changes } = settle(bare(before), bare(after), previous, context);
  const mine = previous.find((item) => sameOwner(item, context.owner))?.fields ?? emptySet;
  const fields = union(union(difference(mine, changes.removed), changes.modified), changes.added);
  return finish(
    [
      ...ownerships.filter((item) => !sameOwner(item, context.owner)),
      { ...context.owner, fields, time: context.now },
    ],
    previous,
    context,
  );
}

/** Takes changed fields from the other managers and removed fields from all. */
function settle(
  before: JsonObject,
  after: JsonObject,
  previous: readonly Ownership[],
  context: FieldContext,
) {
  const changes = compareFields(before, after, context.schema);
  const touched = union(changes.modified, changes.added);
  const conflicts: { ownership: Ownership; fields: FieldSet }[] = [];
  const ownerships = previous.map((item) => {
    if (sameOwner(item, context.owner)) return item;
    const fields = withoutSubtrees(intersection(item.fields, touched), context.ignored);
    if (fields.size > 0) conflicts.push({ ownership: item, fields });
    return { ...item, fields: difference(difference(item.fields, fields), changes.removed) };
  });
  return { changes, conflicts, ownerships };
}

/** Strips what nobody owns, drops owners of nothing, and keeps the time of those who own the same as before. */
function finish(
  ownerships: readonly Ownership[],
  previous: readonly Ownership[],
  context: FieldContext,
): JsonObject[] {
  const kept = ownerships.flatMap((item) => {
    const before = previous.find((other) => sameOwner(other, item));
    const ignored = sameOwner(item, context.owner) ? context.ignored : emptySet;
    const fields = difference(withoutSubtrees(item.fields, ignored), unowned);
    if (fields.size === 0) return [];
    const unchanged =
      before !== undefined &&
      before.apiVersion === item.apiVersion &&
      difference(fields, before.fields).size === 0 &&
      difference(before.fields, fields).size === 0;
    return [{ ...item, fields, time: unchanged ? before.time : item.time }];
  });
  return writeOwnerships(kept);
}

export type ApplyOutcome =
  | { readonly object: KubeObject; readonly managedFields: JsonObject[] }
  | { readonly conflicts: FieldConflict[] };

/**
 * Server-side apply: merges the configuration into the live object, removes what this manager applied before and
 * nobody else owns, and answers the object with its new owners, or the conflicts unless `force`.
 * Rules: structured-merge-diff `merge.Updater.Apply`.
 */
export function applyFields(
  live: KubeObject,
  config: KubeObject,
  context: FieldContext & { readonly force: boolean },
): ApplyOutcome {
  const { schema, owner } = context;
  const before = bare(live);
  const previous = readOwnerships(live);
  const last = previous.find((item) => sameOwner(item, owner))?.fields ?? emptySet;
  const applied = difference(withoutSubtrees(fieldsOf(bare(config), schema), context.ignored), unowned);
  const mine: Ownership = { ...owner, fields: applied, time: context.now };
  const others = previous.filter((item) => !sameOwner(item, owner));

  const merged = mergeApplied(before, bare(config), schema);
  const after = pruneAbandoned(merged, last, [...others, mine], schema);
  if (!isObject(after)) throw new Error("applying removed the whole object");

  const { conflicts, ownerships } = settle(before, after, [...others, mine], context);
  if (conflicts.length > 0 && !context.force) {
    return {
      conflicts: conflicts.flatMap(({ ownership, fields }) =>
        [...paths(fields)].map((path) => ({ owner: ownership, path: formatPath(path) })),
      ),
    };
  }
  const object = { ...live, ...after, metadata: isObject(after["metadata"]) ? after["metadata"] : {} };
  for (const key of Object.keys(live)) if (!Object.hasOwn(after, key)) delete (object as JsonObject)[key];
  return { object, managedFields: finish(ownerships, previous, context) };
}

/** Removes the fields that this manager applied last and that no manager owns now (`Updater.prune`). */
function pruneAbandoned(merged: Json, last: FieldSet, owners: readonly Ownership[], schema: Schema): Json {
  if (last.size === 0) return merged;
  const everything = withNamedParents(fieldsOf(merged, schema), schema);
  const gone = (rest: Json): FieldSet =>
    difference(everything, withNamedParents(fieldsOf(rest, schema), schema));
  const remove = (set: FieldSet): Json => removeFields(merged, set, schema) ?? {};
  const lastNamed = withNamedParents(last, schema);
  const owned = owners.reduce<FieldSet>((set, item) => union(set, item.fields), emptySet);
  const withoutLast = remove(lastNamed);
  const unownedNow = difference(gone(withoutLast), withNamedParents(owned, schema));
  return remove(intersection(gone(remove(unownedNow)), lastNamed));
}
