import { branches, type JsonSchema } from "../json-schema.ts";

/** OpenAPI v3 as the Kubernetes API server demands it of CRDs: structural, without references. */
export interface StructuralSchema {
  [keyword: string]: unknown;
  type?: string;
  properties?: Record<string, StructuralSchema>;
  required?: readonly string[];
  enum?: readonly unknown[];
}

const anything = { "x-kubernetes-preserve-unknown-fields": true } as const;

/** Keywords that mean the same in both and may stand anywhere, inside `anyOf` too. */
const validations = [
  "enum",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "pattern",
  "minItems",
  "maxItems",
] as const;

/**
 * Turns JSON Schema into a structural schema that accepts everything the former does. Where a structural schema cannot say it (a union of
 * different types) it accepts more; Heddle validates again when it reads the resource.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function structuralSchema(schema: JsonSchema): StructuralSchema {
  const body = schema.anyOf === undefined ? plain(schema) : union(branches(schema).map(plain));
  return {
    ...(schema.description !== undefined && { description: schema.description }),
    ...(schema.default !== undefined && { default: schema.default }),
    ...body,
  };
}

function plain(schema: JsonSchema): StructuralSchema {
  if (schema.const !== undefined) return { type: typeName(schema.const), enum: [schema.const] };
  if (schema.type === undefined) return { ...anything };
  return {
    type: schema.type,
    ...Object.fromEntries(
      validations.flatMap((key) => (schema[key] === undefined ? [] : [[key, schema[key]]])),
    ),
    ...(Array.isArray(schema["allOf"]) && {
      allOf: schema["allOf"].map((part) => ({ pattern: part.pattern })),
    }),
    ...(schema.items !== undefined && { items: structuralSchema(schema.items) }),
    ...fields(schema),
  };
}

function fields({ properties, required, additionalProperties: rest }: JsonSchema): StructuralSchema {
  const open = rest === true || (typeof rest === "object" && Object.keys(rest).length === 0);
  return {
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, structuralSchema(property)]),
      ),
    }),
    ...(required !== undefined && { required }),
    ...(open ? anything : typeof rest === "object" && { additionalProperties: structuralSchema(rest) }),
  };
}

function union(parts: readonly StructuralSchema[]): StructuralSchema {
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0) return first ?? { ...anything };
  const types = new Set(parts.map((part) => part.type));
  if (types.size === 1 && first.type === "object") return objectUnion(parts);
  if (types.size === 1 && first.type !== "array" && first.type !== undefined)
    return scalarUnion(first.type, parts);
  if ([...types].every((type) => type === "string" || type === "integer"))
    return { "x-kubernetes-int-or-string": true };
  return { ...anything };
}

function scalarUnion(type: string, parts: readonly StructuralSchema[]): StructuralSchema {
  if (parts.every((part) => part.enum !== undefined))
    return { type, enum: [...new Set(parts.flatMap((part) => part.enum ?? []))] };
  const rules = parts.map((part) =>
    Object.fromEntries(validations.flatMap((key) => (part[key] === undefined ? [] : [[key, part[key]]]))),
  );
  return rules.some((rule) => Object.keys(rule).length === 0) ? { type } : { type, anyOf: rules };
}

/** One object with the fields of all; which fields each form needs is said by `oneOf`, which may only hold validations. */
function objectUnion(parts: readonly StructuralSchema[]): StructuralSchema {
  const names = [...new Set(parts.flatMap((part) => Object.keys(part.properties ?? {})))];
  const properties = names.map((name) => {
    const found = parts.flatMap((part): StructuralSchema[] => {
      const property = part.properties?.[name];
      return property === undefined ? [] : [property];
    });
    const description = found[0]?.["description"];
    const same = found.every((one) => JSON.stringify(one) === JSON.stringify(found[0]));
    return [
      name,
      same ? (found[0] ?? {}) : { ...(description !== undefined && { description }), ...union(found) },
    ];
  });
  const common = names.filter((name) => parts.every((part) => part.required?.includes(name)));
  const own = parts.map((part) => (part.required ?? []).filter((name) => !common.includes(name)));
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(common.length > 0 && { required: common }),
    ...(own.every((list) => list.length > 0) && { oneOf: own.map((required) => ({ required })) }),
  };
}

function typeName(value: unknown): string {
  return typeof value === "number" ? "integer" : typeof value;
}
