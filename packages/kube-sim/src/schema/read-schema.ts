import { asString, isObject, type Json, type JsonObject } from "../json/json.ts";
import type { Schema } from "./schema.ts";

/** Keywords whose value is taken as it is. */
const plain = [
  "type",
  "format",
  "nullable",
  "default",
  "required",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
  "x-kubernetes-patch-merge-key",
  "x-kubernetes-patch-strategy",
] as const satisfies (keyof Schema)[];

/** Reads a schema; `resolve` answers what a `$ref` points to. */
export function readSchema(source: Json | undefined, resolve: (name: string) => Schema): Schema {
  return isObject(source) ? fillSchema({}, source, resolve) : {};
}

/** Reads a schema into an object that others may already refer to. */
export function fillSchema(schema: Schema, source: JsonObject, resolve: (name: string) => Schema): Schema {
  const read = (value: Json): Schema => {
    const reference = isObject(value) ? asString(value["$ref"]) : "";
    if (reference === "" || !isObject(value)) return readSchema(value, resolve);
    const target = resolve(reference);
    return value["default"] === undefined ? target : { ...target, default: value["default"] };
  };
  const { items, additionalProperties, properties } = source;
  if (isObject(properties)) {
    schema.properties = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, read(value)]),
    );
  }
  if (isObject(items)) schema.items = read(items);
  if (isObject(additionalProperties)) schema.additionalProperties = read(additionalProperties);
  else if (typeof additionalProperties === "boolean") schema.additionalProperties = additionalProperties;
  for (const key of ["oneOf", "anyOf", "allOf"] as const) {
    const list = source[key];
    if (Array.isArray(list)) schema[key] = list.map(read);
  }
  if (isObject(source["not"])) schema.not = read(source["not"]);
  const keywords: JsonObject = {};
  for (const key of plain) {
    const value = source[key];
    if (value !== undefined) keywords[key] = value;
  }
  // The API server validates CustomResourceDefinitions before their schemas are read, so the types hold.
  return Object.assign(schema, keywords);
}
