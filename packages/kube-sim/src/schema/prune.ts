import { isObject, type Json, type JsonObject } from "../json/json.ts";
import { fieldSchema, isNamedField, keepsUnknown, type Schema } from "./schema.ts";

const embedded = new Set(["apiVersion", "kind", "metadata"]);

/** Removes in place what the schema does not name. Returns the paths removed, such as `spec.ports[0].foo`. */
export function prune(value: Json, schema: Schema, path = ""): string[] {
  if (Array.isArray(value)) {
    const items = schema.items;
    return items === undefined ? [] : value.flatMap((item, index) => prune(item, items, `${path}[${index}]`));
  }
  return isObject(value) ? pruneObject(value, schema, path) : [];
}

function pruneObject(value: JsonObject, schema: Schema, path: string): string[] {
  const removed: string[] = [];
  const keep = keepsUnknown(schema);
  for (const [key, item] of Object.entries(value)) {
    const child = path === "" ? key : `${path}.${key}`;
    const inner = fieldSchema(schema, key);
    if (inner !== undefined) {
      // A named field wins over a schema for the rest, also where the rest is preserved.
      if (isNamedField(schema, key) || !keep) removed.push(...prune(item, inner, child));
    } else if (!keep && !(schema["x-kubernetes-embedded-resource"] === true && embedded.has(key))) {
      delete value[key];
      removed.push(child);
    }
  }
  return removed;
}
