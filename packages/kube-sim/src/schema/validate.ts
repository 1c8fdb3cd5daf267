import type { StatusCause } from "../errors/status-error.ts";
import { canonical, equal, isObject, type Json, type JsonObject } from "../json/json.ts";
import { fieldSchema, type Schema } from "./schema.ts";

const patterns = new Map<string, RegExp | undefined>();

/** Go's RE2 syntax is close enough to JavaScript's; what does not compile is not checked. */
function compiled(pattern: string): RegExp | undefined {
  if (!patterns.has(pattern)) {
    let regexp: RegExp | undefined;
    try {
      regexp = new RegExp(pattern.replace(/^\(\?[si]+\)/, ""), "u");
    } catch {
      regexp = undefined;
    }
    patterns.set(pattern, regexp);
  }
  return patterns.get(pattern);
}

const typeName = (value: Json): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
};

function hasType(value: Json, schema: Schema): boolean {
  const name = typeName(value);
  if (schema["x-kubernetes-int-or-string"] === true) return name === "integer" || name === "string";
  return (
    schema.type === undefined || name === schema.type || (schema.type === "number" && name === "integer")
  );
}

const invalidValue = (field: string, shown: string, why: string): StatusCause => ({
  reason: "FieldValueInvalid",
  field,
  message: `Invalid value: ${shown}: ${field} in body ${why}`,
});

/** Everything in a value that its schema forbids, in the API server's words. */
export function validate(value: Json, schema: Schema, path = ""): StatusCause[] {
  if (value === null && schema.nullable === true) return [];
  if (!hasType(value, schema)) {
    const wanted = schema["x-kubernetes-int-or-string"] === true ? "integer,string" : schema.type;
    const why = `must be of type ${wanted}: "${typeName(value)}"`;
    return [{ ...invalidValue(path, `"${typeName(value)}"`, why), reason: "FieldValueTypeInvalid" }];
  }
  return [
    ...checkValue(value, schema, path),
    ...checkCombined(value, schema, path),
    ...below(value, schema, path),
  ];
}

function* checkValue(value: Json, schema: Schema, path: string): Generator<StatusCause> {
  if (schema.enum !== undefined && !schema.enum.some((allowed) => equal(allowed, value))) {
    const supported = schema.enum.map((allowed) => JSON.stringify(allowed)).join(", ");
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
    yield { reason: "FieldValueNotSupported", field: path, message };
  }
  if (typeof value === "string") yield* checkString(value, schema, path);
  else if (typeof value === "number") yield* checkNumber(value, schema, path);
  else if (Array.isArray(value)) yield* checkList(value, schema, path);
  else if (isObject(value)) yield* checkObject(value, schema, path);
}

function* checkString(value: string, schema: Schema, path: string): Generator<StatusCause> {
  const shown = JSON.stringify(value);
  const { minLength, maxLength, pattern } = schema;
  if (maxLength !== undefined && [...value].length > maxLength) {
    const message = `Too long: may not be more than ${maxLength} bytes`;
    yield { reason: "FieldValueTooLong", field: path, message };
  }
  if (minLength !== undefined && [...value].length < minLength) {
    yield invalidValue(path, shown, `should be at least ${minLength} chars long`);
  }
  if (pattern !== undefined && compiled(pattern)?.test(value) === false) {
    yield invalidValue(path, shown, `should match '${pattern}'`);
  }
}

function* checkNumber(value: number, schema: Schema, path: string): Generator<StatusCause> {
  const { minimum, maximum, multipleOf } = schema;
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    const than = schema.exclusiveMinimum === true ? "greater than" : "greater than or equal to";
    yield invalidValue(path, String(value), `should be ${than} ${minimum}`);
  }
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    const than = schema.exclusiveMaximum === true ? "less than" : "less than or equal to";
    yield invalidValue(path, String(value), `should be ${than} ${maximum}`);
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) {
    yield invalidValue(path, String(value), `should be a multiple of ${multipleOf}`);
  }
}

function* checkList(value: Json[], schema: Schema, path: string): Generator<StatusCause> {
  const { minItems, maxItems, items } = schema;
  if (maxItems !== undefined && value.length > maxItems) {
    const message = `Too many: ${value.length}: must have at most ${maxItems} items`;
    yield { reason: "FieldValueTooMany", field: path, message };
  }
  if (minItems !== undefined && value.length < minItems) {
    yield invalidValue(path, String(value.length), `should have at least ${minItems} items`);
  }
  const keys = schema["x-kubernetes-list-map-keys"];
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map" && schema.uniqueItems !== true) return;
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const parts = Object.fromEntries(
      (keys ?? []).map((key) => [
        key,
        (isObject(item) ? item[key] : null) ?? items?.properties?.[key]?.default ?? null,
      ]),
    );
    const identity = canonical(type === "map" ? parts : item);
    if (seen.has(identity)) {
      const message = `Duplicate value: ${JSON.stringify(type === "map" ? parts : item)}`;
      yield { reason: "FieldValueDuplicate", field: `${path}[${index}]`, message };
    }
    seen.add(identity);
  }
}

function* checkObject(value: JsonObject, schema: Schema, path: string): Generator<StatusCause> {
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(value, name)) continue;
    yield {
      reason: "FieldValueRequired",
      field: path === "" ? name : `${path}.${name}`,
      message: "Required value",
    };
  }
  const size = Object.keys(value).length;
  if (schema.maxProperties !== undefined && size > schema.maxProperties) {
    const message = `Too many: ${size}: must have at most ${schema.maxProperties} items`;
    yield { reason: "FieldValueTooMany", field: path, message };
  }
  if (schema.minProperties !== undefined && size < schema.minProperties) {
    yield invalidValue(path, String(size), `should have at least ${schema.minProperties} properties`);
  }
}

function* checkCombined(value: Json, schema: Schema, path: string): Generator<StatusCause> {
  const fits = (inner: Schema): boolean => validate(value, inner, path).length === 0;
  const shown = isObject(value) || Array.isArray(value) ? "" : JSON.stringify(value);
  for (const inner of schema.allOf ?? []) yield* validate(value, inner, path);
  if (schema.anyOf !== undefined && !schema.anyOf.some(fits)) {
    yield invalidValue(path, shown, "must validate at least one schema (anyOf)");
    for (const inner of schema.anyOf.slice(0, 1)) yield* validate(value, inner, path);
  }
  if (schema.oneOf !== undefined) {
    const matching = schema.oneOf.filter(fits).length;
    if (matching !== 1) {
      const found = matching === 0 ? "Found none valid" : `Found ${matching} valid alternatives`;
      yield invalidValue(path, shown, `must validate one and only one schema (oneOf). ${found}`);
    }
  }
  if (schema.not !== undefined && fits(schema.not)) {
    yield invalidValue(path, shown, "must not validate the schema (not)");
  }
}

function* below(value: Json, schema: Schema, path: string): Generator<StatusCause> {
  if (Array.isArray(value)) {
    if (schema.items === undefined) return;
    for (const [index, item] of value.entries()) yield* validate(item, schema.items, `${path}[${index}]`);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const inner = fieldSchema(schema, key);
      if (inner !== undefined) yield* validate(item, inner, path === "" ? key : `${path}.${key}`);
    }
  }
}
