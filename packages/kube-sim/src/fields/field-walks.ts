import { equal, isObject, type Json, type JsonObject } from "../json/json.ts";
import { fieldSchema, isNamedField, type Schema } from "../schema/schema.ts";
import { emptySet, type FieldSet, fieldElement, type MutableFieldSet, put } from "./field-set.ts";
import { below, indexItems, isNamed, itemElement, shapeOf } from "./shape.ts";

/** The fields that a value sets (structured-merge-diff `ToFieldSet`): leaves, list items and keys of maps. */
export function fieldsOf(value: Json, schema: Schema | undefined): FieldSet {
  const out: MutableFieldSet = new Map();
  if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const inner = fieldSchema(schema, key);
      const empty = item === null || (isObject(item) && Object.keys(item).length === 0);
      const member = empty || !isNamedField(schema, key) || shapeOf(item, inner) === "leaf";
      put(out, fieldElement(key), member, nested(item, inner));
    }
  } else if (Array.isArray(value)) {
    for (const item of value) put(out, itemElement(item, schema), true, nested(item, schema?.items));
  }
  return out;
}

const nested = (value: Json, schema: Schema | undefined): FieldSet =>
  shapeOf(value, schema) === "leaf" ? emptySet : fieldsOf(value, schema);

/** What differs between two values, per field. */
export interface FieldChanges {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

interface MutableChanges {
  added: MutableFieldSet;
  modified: MutableFieldSet;
  removed: MutableFieldSet;
}

/** Compares two values field by field (structured-merge-diff `Compare`). */
export function compareFields(
  before: Json | undefined,
  after: Json | undefined,
  schema: Schema | undefined,
): FieldChanges {
  const out: MutableChanges = { added: new Map(), modified: new Map(), removed: new Map() };
  for (const [element, left, right] of pairs(before, after, schema)) {
    if (left === right && left !== undefined) continue;
    compareChild(out, element, left, right, below(schema, element));
  }
  return out;
}

/** The children of two values side by side, by path element. */
function* pairs(
  before: Json | undefined,
  after: Json | undefined,
  schema: Schema | undefined,
): Generator<[string, Json | undefined, Json | undefined]> {
  if (isObject(before) || isObject(after)) {
    const left: JsonObject = isObject(before) ? before : {};
    const right: JsonObject = isObject(after) ? after : {};
    for (const key of Object.keys(left)) yield [fieldElement(key), left[key], right[key]];
    for (const key of Object.keys(right)) {
      if (!Object.hasOwn(left, key)) yield [fieldElement(key), undefined, right[key]];
    }
    return;
  }
  const left = indexItems(before, schema);
  const right = indexItems(after, schema);
  for (const [element, item] of left) yield [element, item, right.get(element)];
  for (const [element, item] of right) if (!left.has(element)) yield [element, undefined, item];
}

function compareChild(
  out: MutableChanges,
  element: string,
  left: Json | undefined,
  right: Json | undefined,
  schema: Schema | undefined,
): void {
  const shape = shapeOf(right ?? left, schema);
  const leaf =
    shape === "leaf" || shapeOf(left ?? right, schema) !== shape || (isEmpty(left) && isEmpty(right));
  const changes = leaf ? undefined : compareFields(left, right, schema);
  const modified = leaf && left !== undefined && right !== undefined && !equal(left, right);
  put(out.added, element, left === undefined, changes?.added ?? emptySet);
  put(out.modified, element, modified, changes?.modified ?? emptySet);
  put(out.removed, element, right === undefined, changes?.removed ?? emptySet);
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The value without the fields in the set; undefined when nothing of a non-empty value is left. */
export function removeFields(value: Json, set: FieldSet, schema: Schema | undefined): Json | undefined {
  if (set.size === 0 || shapeOf(value, schema) === "leaf") return value;
  if (Array.isArray(value)) {
    const left = value.flatMap((item) => {
      const node = set.get(itemElement(item, schema));
      if (node?.member === true) return [];
      const rest = node === undefined ? item : removeFields(item, node.children, schema?.items);
      return rest === undefined ? [] : [rest];
    });
    return left.length > 0 ? left : undefined;
  }
  if (!isObject(value)) return value;
  const out: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const node = set.get(fieldElement(key));
    if (node?.member === true) continue;
    const rest = node === undefined ? item : removeFields(item, node.children, fieldSchema(schema, key));
    if (rest !== undefined) out[key] = rest;
  }
  return Object.keys(out).length > 0 ? out : undefined;
}

/** The set with every named field on the way to a member made a member (`EnsureNamedFieldsAreMembers`). */
export function withNamedParents(set: FieldSet, schema: Schema | undefined): FieldSet {
  const out: MutableFieldSet = new Map();
  for (const [element, node] of set) {
    const children = withNamedParents(node.children, below(schema, element));
    put(out, element, node.member || isNamed(schema, element), children);
  }
  return out;
}
