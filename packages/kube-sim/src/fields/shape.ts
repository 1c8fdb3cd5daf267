import { isObject, type Json, type JsonObject } from "../json/json.ts";
import { fieldSchema, isNamedField, type Schema } from "../schema/schema.ts";
import { keyElement, valueElement } from "./field-set.ts";

/** How server-side apply sees a value: in one piece (a leaf) or as parts with owners of their own. */
export type Shape = "leaf" | "fields" | "items";

/** The shape that a value has under a schema; null takes the shape that the schema says. */
export function shapeOf(value: Json | undefined, schema: Schema | undefined): Shape {
  if (isObject(value)) return schema?.["x-kubernetes-map-type"] === "atomic" ? "leaf" : "fields";
  if (Array.isArray(value)) return isAssociative(schema) ? "items" : "leaf";
  if (value !== null && value !== undefined) return "leaf";
  if (schema?.type === "array") return isAssociative(schema) ? "items" : "leaf";
  return schema?.type === "object" && schema["x-kubernetes-map-type"] !== "atomic" ? "fields" : "leaf";
}

function isAssociative(schema: Schema | undefined): boolean {
  const type = schema?.["x-kubernetes-list-type"];
  return type === "set" || type === "map";
}

/** The path element of one item of a set or map list. Missing keys take their default, or count as absent. */
export function itemElement(item: Json, list: Schema | undefined): string {
  const keys = list?.["x-kubernetes-list-map-keys"];
  if (list?.["x-kubernetes-list-type"] !== "map" || keys === undefined) return valueElement(item);
  const values: JsonObject = {};
  for (const key of keys) {
    const value = (isObject(item) ? item[key] : undefined) ?? list.items?.properties?.[key]?.default;
    if (value !== undefined) values[key] = value;
  }
  return keyElement(values);
}

/** The items of a list by path element, in order; of equal ones the first. */
export function indexItems(list: Json | undefined, schema: Schema | undefined): Map<string, Json> {
  const index = new Map<string, Json>();
  for (const item of Array.isArray(list) ? list : []) {
    const element = itemElement(item, schema);
    if (!index.has(element)) index.set(element, item);
  }
  return index;
}

/** The schema below a path element. */
export function below(schema: Schema | undefined, element: string): Schema | undefined {
  return element.startsWith("f:") ? fieldSchema(schema, element.slice(2)) : schema?.items;
}

/** Whether a path element is a field that the schema names, as opposed to a key of a map or a list item. */
export const isNamed = (schema: Schema | undefined, element: string): boolean =>
  element.startsWith("f:") && isNamedField(schema, element.slice(2));
