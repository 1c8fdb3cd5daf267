import { z } from "zod";
import type { Kind } from "./define-kind.ts";
import type { PathSegment } from "./finding.ts";

/** JSON Schema, draft 2020-12, as far as zod writes it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
}

/** The JSON Schema of what people write: fields with defaults are not required. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...body } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return body as JsonSchema;
}

const specs = new WeakMap<z.ZodType, JsonSchema>();

/** The JSON Schema of a kind's spec; made once. */
export function specSchema(kind: Pick<Kind, "spec">): JsonSchema {
  let schema = specs.get(kind.spec);
  if (schema === undefined) {
    schema = toJsonSchema(kind.spec);
    specs.set(kind.spec, schema);
  }
  return schema;
}

/** A schema without unions around it: each branch by itself. */
export function branches(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(branches);
}

/** The schemas of the value below `key`, one for each branch of a union that has it. */
export function schemasBelow(schema: JsonSchema, key: PathSegment): readonly JsonSchema[] {
  return branches(schema).flatMap((branch) => {
    const below =
      typeof key === "number"
        ? branch.items
        : Object.hasOwn(branch.properties ?? {}, key)
          ? branch.properties?.[key]
          : branch.additionalProperties;
    return typeof below === "object" ? [below] : [];
  });
}

/** All schemas that a value at this path can have. */
export function schemasAt(schema: JsonSchema, path: readonly PathSegment[]): readonly JsonSchema[] {
  return path.reduce<readonly JsonSchema[]>(
    (found, key) => found.flatMap((one) => schemasBelow(one, key)),
    [schema],
  );
}

/** Names of the fields that an object at this path can have. */
export function fieldsAt(schema: JsonSchema, path: readonly PathSegment[]): ReadonlySet<string> {
  return new Set(
    schemasAt(schema, path)
      .flatMap(branches)
      .flatMap((branch) => Object.keys(branch.properties ?? {})),
  );
}
