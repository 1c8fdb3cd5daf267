import {
  branches,
  findingCatalogue,
  type JsonSchema,
  type Kind,
  type Resource,
  schemasAt,
  specSchema,
} from "@heddle/api";
import { canonicalJson } from "@heddle/core";
import fc from "fast-check";

/**
 * Values of fields that only mean something in a world, and others that mean nothing there, which only mutations use. By the end of
 * the field's path, longest first.
 */
export type Vocabulary = readonly (readonly [
  field: string,
  values: readonly unknown[],
  others?: readonly unknown[],
])[];

/** Specs of a kind that an author could apply, made from its schema; fields named in the vocabulary have only its values. */
export function arbitrarySpec(kind: Kind, vocabulary: Vocabulary): fc.Arbitrary<Resource["spec"]> {
  return ofSchema(specSchema(kind), "", vocabulary)
    .map((value) => specOf(kind, value))
    .filter((spec) => spec !== undefined);
}

/** The spec as the store would hold it; undefined when it would be refused. */
export function specOf(kind: Kind, value: unknown): Resource["spec"] | undefined {
  const parsed = kind.spec.safeParse(value);
  if (!parsed.success) return undefined;
  let refused = false;
  kind.check?.(parsed.data, ({ code, severity }) => {
    refused ||= (severity ?? findingCatalogue[code].severity) === "error";
  });
  return refused ? undefined : (parsed.data as Resource["spec"]);
}

/** Another valid value of the field at a path, as whole specs; empty when the field has only one. */
export function mutations(
  kind: Kind,
  spec: Resource["spec"],
  path: readonly (string | number)[],
  vocabulary: Vocabulary,
): Resource["spec"][] {
  const found: Resource["spec"][] = [];
  for (const other of [...valuesFor(kind, path, vocabulary), ...others(at(spec, path)), undefined]) {
    const copy: unknown = structuredClone(spec);
    const parent = at(copy, path.slice(0, -1)) as Record<string | number, unknown>;
    const last = path.at(-1) ?? "";
    if (other === at(spec, path)) continue;
    if (other !== undefined) parent[last] = other;
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
    const valid = specOf(kind, copy);
    if (valid !== undefined && canonicalJson(valid) !== canonicalJson(spec)) found.push(valid);
  }
  return found;
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((found, key) => (found as Record<string | number, unknown>)[key], value);
}

function valuesFor(
  kind: Kind,
  path: readonly (string | number)[],
  vocabulary: Vocabulary,
): readonly unknown[] {
  const field = path.filter((key) => typeof key === "string").join(".");
  const word = vocabulary.find(([name]) => field === name || field.endsWith(`.${name}`));
  const schemas = schemasAt(specSchema(kind), path).flatMap(branches);
  return [...(word?.[1] ?? []), ...(word?.[2] ?? []), ...schemas.flatMap((schema) => schema.enum ?? [])];
}

function others(value: unknown): unknown[] {
  if (typeof value === "number") return [value + 1, value - 1, 1, 50];
  if (typeof value === "boolean") return [!value];
  return [
    "other",
    "/other",
    "7s",
    "3h",
    "10.9.0.0/16",
    "GET",
    "PUT",
    "Kg==",
    409,
    "internal",
    "UNKNOWN",
    "*",
  ];
}

function ofSchema(schema: JsonSchema, field: string, vocabulary: Vocabulary): fc.Arbitrary<unknown> {
  const known = vocabulary.find(([name]) => field === name || field.endsWith(`.${name}`))?.[1];
  if (known !== undefined) {
    const one = fc.constantFrom(...known);
    return schema.type === "array" && !known.some(Array.isArray)
      ? fc.uniqueArray(one, { minLength: 1, maxLength: 2 })
      : one;
  }
  const options = branches(schema);
  if (options.length > 1) return fc.oneof(...options.map((option) => ofSchema(option, field, vocabulary)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "object":
      return ofObject(schema, field, vocabulary);
    case "array": {
      const limits = { minLength: Number(schema["minItems"] ?? 0), maxLength: 2 };
      return fc.array(ofSchema(schema.items ?? {}, field, vocabulary), limits);
    }
    case "integer":
    case "number": {
      const [min, max] = [Number(schema["minimum"] ?? 0), Number(schema["maximum"] ?? 1000)];
      return fc.integer({ min, max: Math.min(max, min + 100) });
    }
    case "boolean":
      return fc.boolean();
    default:
      return fc.constantFrom(...textsFor(schema));
  }
}

function ofObject(schema: JsonSchema, field: string, vocabulary: Vocabulary): fc.Arbitrary<unknown> {
  const below = (key: string) => (field === "" ? key : `${field}.${key}`);
  const members = Object.entries(schema.properties ?? {}).map(
    ([key, member]) => [key, ofSchema(member, below(key), vocabulary)] as const,
  );
  const { additionalProperties } = schema;
  if (members.length === 0 && typeof additionalProperties === "object")
    return fc.dictionary(
      fc.constantFrom(
        ...textsFor((schema["propertyNames"] ?? {}) as JsonSchema).filter((text) => !/[.[]/.test(text)),
      ),
      ofSchema(additionalProperties, field, vocabulary),
      { minKeys: 1, maxKeys: 2 },
    );
  const required = schema.required ?? [];
  const some = members.map(([key, value]) => {
    const one = value.map((v) => ({ [key]: v }));
    return required.includes(key)
      ? one
      : fc.oneof({ arbitrary: fc.constant({}), weight: 2 }, { arbitrary: one, weight: 1 });
  });
  return fc.tuple(...some).map((parts) => Object.assign({}, ...parts) as object);
}

/** Texts that some field of the API takes; those that this one does not take are left out by its pattern. */
function textsFor(schema: JsonSchema): readonly string[] {
  const pattern = new RegExp(String(schema["pattern"] ?? ""));
  const texts = [
    "a",
    "x-b",
    "5s",
    "2m",
    "/p",
    "10.1.0.0/16",
    "d.example",
    "9080",
    "v1",
    "region/zone",
    "region",
    "QQ==",
  ];
  const taken = texts.filter((text) => pattern.test(text) && text.length >= Number(schema["minLength"] ?? 0));
  return taken.length > 0 ? taken : texts;
}
