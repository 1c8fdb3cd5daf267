import { applyBuiltinDefaults } from "../builtins/builtin-defaults.ts";
import { badRequest, invalid } from "../errors/refusals.ts";
import { isObject, type Json, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { applyDefaults, dropNulls } from "../schema/apply-defaults.ts";
import { prune } from "../schema/prune.ts";
import { fieldSchema, type Schema } from "../schema/schema.ts";
import { validate } from "../schema/validate.ts";
import { apiVersionOf, type Call, named } from "./call.ts";

/** A request body parsed to JSON; `duplicates` are the paths of keys that occurred twice. */
export interface Body {
  readonly value: Json;
  readonly duplicates: readonly string[];
}

const cannotHandle = (call: Call, why: string): Error =>
  badRequest(
    `${call.resource.kind} in version "${call.version.name}" cannot be handled as a ${call.resource.kind}: ${why}`,
  );

/** The body as an object of the call's kind with `metadata`; a copy that the caller may change. */
export function readObject(call: Call, value: Json): KubeObject {
  const { kind, custom } = call.resource;
  const expected = apiVersionOf(call);
  if (!isObject(value)) throw badRequest(`the object provided is unrecognized (must be of type ${kind})`);
  const metadata = isObject(value["metadata"]) ? { ...value["metadata"] } : {};
  const given = { apiVersion: value["apiVersion"], kind: value["kind"] };
  if (custom && (given.kind === undefined || given.apiVersion === undefined)) {
    const what = given.kind === undefined ? "Kind" : "apiVersion";
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): Object '${what}' is missing in '${JSON.stringify(value)}'`,
    );
  }
  if ((given.apiVersion ?? expected) !== expected) throw wrongVersion(call, value);
  if ((given.kind ?? kind) !== kind) {
    if (!custom) throw cannotHandle(call, `no kind "${given.kind}" is expected here`);
    const message = `Invalid value: "${given.kind}": must be ${kind}`;
    const causes = [{ reason: "FieldValueInvalid", field: "kind", message }];
    throw invalid({ ...named(call), kind: String(given.kind) }, String(metadata["name"] ?? ""), causes);
  }
  return { ...value, apiVersion: expected, kind, metadata };
}

function wrongVersion(call: Call, { apiVersion, kind }: JsonObject): Error {
  if (!call.resource.custom) {
    const why = `no kind "${kind ?? call.resource.kind}" is registered for version "${apiVersion}"`;
    return cannotHandle(call, why);
  }
  return badRequest(
    `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(call)})`,
  );
}

/**
 * Prunes unknown fields (refusing or warning as asked), fills defaults, and refuses values of a wrong type. The
 * object is changed in place.
 */
export function decode(call: Call, object: KubeObject, duplicates: readonly string[] = []): KubeObject {
  const { schema } = call.version;
  const unknown = prune(object, schema);
  const complaints = [
    ...duplicates.map((path) => `duplicate field "${path}"`),
    ...(call.resource.custom ? unknown.sort() : unknown).map((path) => `unknown field "${path}"`),
  ];
  if (complaints.length > 0 && call.fieldValidation === "Strict") {
    throw cannotHandle(call, `strict decoding error: ${complaints.join(", ")}`);
  }
  if (call.fieldValidation === "Warn") call.warnings.push(...complaints);
  checkMetadata(call, object.metadata);
  if (call.resource.custom) dropNulls(object, schema);
  else {
    dropEmpty(object, schema);
    const [wrong] = validate(object, schema);
    if (wrong !== undefined) {
      throw cannotHandle(
        call,
        `json: cannot unmarshal into Go struct field ${call.resource.kind}.${wrong.field}: ${wrong.message}`,
      );
    }
  }
  applyDefaults(object, schema);
  if (!call.resource.custom) applyBuiltinDefaults(object);
  return object;
}

/** Go's types take null for the zero value, and write neither that nor an empty list or map (`omitempty`). */
function dropEmpty(value: Json, schema: Schema | undefined): void {
  if (Array.isArray(value)) for (const item of value) dropEmpty(item, schema?.items);
  else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const field = fieldSchema(schema, key);
      const list = Array.isArray(item) && field?.default === undefined && item.length === 0;
      const map =
        isObject(item) && field?.additionalProperties !== undefined && Object.keys(item).length === 0;
      if (item === null || list || map) delete value[key];
      else dropEmpty(item, field);
    }
  }
}

function checkMetadata(call: Call, metadata: JsonObject): void {
  for (const key of ["labels", "annotations"]) {
    const map = metadata[key];
    if (map === undefined) continue;
    if (map === null || (isObject(map) && Object.keys(map).length === 0)) {
      delete metadata[key];
    } else if (
      !isObject(map) ||
      Object.values(map).some((value) => typeof value !== "string" && value !== null)
    ) {
      throw cannotHandle(
        call,
        `json: cannot unmarshal into Go struct field ObjectMeta.metadata.${key} of type string`,
      );
    }
  }
  for (const key of ["finalizers", "ownerReferences"]) {
    if (Array.isArray(metadata[key]) && metadata[key].length === 0) delete metadata[key];
  }
}

/** Refuses an object that its schema forbids. Built-in kinds have been checked when they were decoded. */
export function checkSchema(call: Call, object: KubeObject): void {
  if (!call.resource.custom) return;
  const causes = validate(object, call.version.schema);
  if (causes.length > 0) throw invalid(named(call), String(object.metadata["name"] ?? ""), causes);
}
