import { isObject, type Json, type JsonObject } from "../json/json.ts";
import { fieldSchema, type Schema } from "../schema/schema.ts";
import { indexItems, shapeOf } from "./shape.ts";

/** Lays an applied configuration over the live value (structured-merge-diff `Merge`): the applied side wins. */
export function mergeApplied(live: Json | undefined, applied: Json, schema: Schema | undefined): Json {
  if (live === undefined || live === null) return applied;
  const shape = shapeOf(applied, schema);
  if (shape === "leaf" || shapeOf(live, schema) !== shape) return applied;
  if (shape === "items") return mergeItems(live, applied, schema);
  if (!isObject(live) || !isObject(applied)) return applied ?? live;
  const out: JsonObject = { ...live };
  for (const [key, value] of Object.entries(applied)) {
    out[key] = mergeApplied(live[key], value, fieldSchema(schema, key));
  }
  return out;
}

/**
 * Merges associative lists: the order of the applied list holds, live items in between stay where they are relative
 * to the shared ones (the walk of structured-merge-diff `visitListItems`).
 */
function mergeItems(live: Json, applied: Json, schema: Schema | undefined): Json[] {
  const left = indexItems(live, schema);
  const right = indexItems(applied, schema);
  const leftKeys = [...left.keys()];
  const rightKeys = [...right.keys()];
  const shared = rightKeys.filter((key) => left.has(key));
  const merged = new Set<string>();
  const out: Json[] = [];
  const take = (key: string): void => {
    const item = right.get(key);
    const before = left.get(key);
    if (item !== undefined) out.push(mergeApplied(before, item, schema?.items));
    else if (before !== undefined) out.push(before);
    merged.add(key);
    if (shared[0] === key) shared.shift();
  };
  let l = 0;
  let r = 0;
  while (l < leftKeys.length || r < rightKeys.length) {
    const leftKey = leftKeys[l];
    const rightKey = rightKeys[r];
    if (leftKey !== undefined && leftKey === rightKey) {
      take(leftKey);
      l++;
      r++;
      continue;
    }
    if (leftKey !== undefined) {
      if (!right.has(leftKey)) {
        take(leftKey);
        l++;
        continue;
      }
      const waiting = rightKey !== undefined && shared[0] !== undefined && shared[0] !== leftKey;
      if (waiting || merged.has(leftKey)) {
        l++;
        continue;
      }
    }
    if (rightKey !== undefined) {
      if (!merged.has(rightKey)) take(rightKey);
      r++;
    } else l++;
  }
  return out;
}
