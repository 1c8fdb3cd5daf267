import { asArray, isObject, type Json, type JsonObject } from "../json/json.ts";
import { fieldSchema, type Schema } from "../schema/schema.ts";

/**
 * Kubernetes' strategic merge patch: as a JSON merge patch, but lists with a merge key are merged item by item.
 * Directives: `$patch: delete|replace|merge`, `$deleteFromPrimitiveList/x`, `$setElementOrder/x`, `$retainKeys`.
 */
export function strategicMerge(target: Json | undefined, patch: Json, schema: Schema | undefined): Json {
  if (!isObject(patch)) return patch;
  if (patch["$patch"] === "replace") {
    const { $patch: _directive, ...rest } = patch;
    return rest;
  }
  if (patch["$patch"] === "delete") return {};
  const retained = patch["$retainKeys"];
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(isObject(target) ? target : {})) {
    if (!Array.isArray(retained) || retained.includes(key)) out[key] = value;
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key === "$retainKeys" || key === "$patch") continue;
    if (key.startsWith("$deleteFromPrimitiveList/")) {
      const field = key.slice(key.indexOf("/") + 1);
      const removed = asArray(value);
      if (out[field] !== undefined)
        out[field] = asArray(out[field]).filter((item) => !removed.includes(item));
    } else if (key.startsWith("$setElementOrder/")) {
      // Applied last: the patch may add the items it orders.
    } else if (value === null) delete out[key];
    else if (Array.isArray(value)) out[key] = mergeList(asArray(out[key]), value, fieldSchema(schema, key));
    else out[key] = strategicMerge(out[key], value, fieldSchema(schema, key));
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith("$setElementOrder/")) continue;
    const field = key.slice(key.indexOf("/") + 1);
    const list = out[field];
    if (Array.isArray(list)) out[field] = reorder(list, asArray(value), fieldSchema(schema, field));
  }
  return out;
}

const mergeKeyOf = (schema: Schema | undefined): string | undefined =>
  schema?.["x-kubernetes-patch-merge-key"];
const merges = (schema: Schema | undefined): boolean =>
  schema?.["x-kubernetes-patch-strategy"]?.split(",").includes("merge") ?? false;

function mergeList(target: Json[], patch: Json[], schema: Schema | undefined): Json[] {
  if (!merges(schema)) return patch;
  const key = mergeKeyOf(schema);
  if (key === undefined) return [...target, ...patch.filter((item) => !target.includes(item))];
  if (patch.some((item) => isObject(item) && item["$patch"] === "replace")) {
    return patch.filter((item) => !(isObject(item) && item["$patch"] === "replace"));
  }
  const out = [...target];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const index = out.findIndex((other) => isObject(other) && other[key] === item[key]);
    if (item["$patch"] === "delete") {
      if (index >= 0) out.splice(index, 1);
    } else if (index >= 0) out[index] = strategicMerge(out[index], item, schema?.items);
    else out.push(strategicMerge(undefined, item, schema?.items));
  }
  return out;
}

/** Puts the items into the given order; items that the order does not name keep their place at the end. */
function reorder(list: Json[], order: Json[], schema: Schema | undefined): Json[] {
  const key = mergeKeyOf(schema);
  const identity = (item: Json): Json | undefined => (key !== undefined && isObject(item) ? item[key] : item);
  const wanted = order.map(identity);
  const place = (item: Json): number => {
    const index = wanted.indexOf(identity(item) ?? null);
    return index < 0 ? wanted.length : index;
  };
  return list
    .map((item, index) => ({ item, index, place: place(item) }))
    .sort((a, b) => a.place - b.place || a.index - b.index)
    .map(({ item }) => item);
}
