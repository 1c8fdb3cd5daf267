import type { Json } from "../json/json.ts";

/**
 * The part of an OpenAPI v3 schema that Kubernetes gives a meaning to. References are resolved when it is loaded,
 * so a schema is a graph and may be cyclic (JSONSchemaProps is).
 */
export interface Schema {
  type?: string;
  format?: string;
  nullable?: boolean;
  default?: Json;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  enum?: Json[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minProperties?: number;
  maxProperties?: number;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  not?: Schema;
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-map-type"?: "granular" | "atomic";
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-embedded-resource"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-patch-merge-key"?: string;
  "x-kubernetes-patch-strategy"?: string;
}

/** The schema of one field of an object; undefined where anything goes. */
export function fieldSchema(schema: Schema | undefined, key: string): Schema | undefined {
  const named = schema?.properties;
  if (named !== undefined && Object.hasOwn(named, key)) return named[key];
  const rest = schema?.additionalProperties;
  return typeof rest === "object" ? rest : undefined;
}

/** Whether a field is declared by name, as opposed to being a key of a map. */
export const isNamedField = (schema: Schema | undefined, key: string): boolean =>
  schema?.properties !== undefined && Object.hasOwn(schema.properties, key);

/** Whether an object of this schema keeps fields that the schema does not name. */
export function keepsUnknown(schema: Schema): boolean {
  if (schema["x-kubernetes-preserve-unknown-fields"] === true) return true;
  const rest = schema.additionalProperties;
  return (
    rest === true || (rest === undefined && schema.properties === undefined && schema.type === undefined)
  );
}
