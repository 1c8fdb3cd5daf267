import { clone, isObject, type Json } from "../json/json.ts";
import { fieldSchema, type Schema } from "./schema.ts";

/**
 * Fills in place every missing field that has a default, parents before children. A null where null is not allowed
 * and a default exists counts as missing (structural defaulting of apiextensions).
 */
export function applyDefaults(value: Json, schema: Schema): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) applyDefaults(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    if (field.default === undefined) continue;
    const missing = !Object.hasOwn(value, key) || (value[key] === null && field.nullable !== true);
    if (missing) value[key] = clone(field.default);
  }
  for (const [key, item] of Object.entries(value)) {
    const field = fieldSchema(schema, key);
    if (field !== undefined) applyDefaults(item, field);
  }
}

/** Drops in place each null of a field that is not nullable, as decoding of custom resources does. */
export function dropNulls(value: Json, schema: Schema): void {
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const item of value) dropNulls(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const field = fieldSchema(schema, key);
    if (field === undefined) continue;
    if (item === null && field.nullable !== true) delete value[key];
    else dropNulls(item, field);
  }
}
