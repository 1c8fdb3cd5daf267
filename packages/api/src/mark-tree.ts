import { branches, type JsonSchema } from "./json-schema.ts";
import { markKeys } from "./reference-mark.ts";

/** The part of a schema that leads to marked values, so that looking for these in a value passes over everything else. */
export interface MarkTree {
  /** What the value itself is marked with: key and mark. */
  readonly marks: readonly (readonly [key: string, mark: string])[];
  readonly fields: ReadonlyMap<string, MarkTree>;
  /** Of the entries of a list. */
  readonly entries?: MarkTree;
}

/** Undefined when nothing in the schemas is marked. All schemas that a value may have count together, and so do the branches of unions. */
export function markTree(schemas: readonly JsonSchema[]): MarkTree | undefined {
  if (schemas.length === 0) return undefined;
  const possible = [...new Set(schemas.flatMap((schema) => [schema, ...branches(schema)]))];
  const below = (part: (schema: JsonSchema) => JsonSchema | undefined) =>
    markTree(possible.map(part).filter((schema) => schema !== undefined));
  const marks = possible.flatMap((schema) =>
    markKeys.flatMap((key) => {
      const mark = schema[key];
      return typeof mark === "string" ? [[key, mark] as const] : [];
    }),
  );
  const fields = new Map<string, MarkTree>();
  for (const name of new Set(possible.flatMap(({ properties }) => Object.keys(properties ?? {})))) {
    const field = below(({ properties }) => properties?.[name]);
    if (field !== undefined) fields.set(name, field);
  }
  const entries = below(({ items }) => items);
  if (marks.length === 0 && fields.size === 0 && entries === undefined) return undefined;
  return { marks, fields, ...(entries !== undefined && { entries }) };
}
