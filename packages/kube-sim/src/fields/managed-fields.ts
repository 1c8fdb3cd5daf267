import { asArray, asString, equal, isObject, type Json, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import { emptySet, type FieldSet, formatFields, parseFields, single, union } from "./field-set.ts";

export type Operation = "Apply" | "Update";

/** Who owns fields: one entry of `metadata.managedFields` without its fields and time. */
export interface Owner {
  readonly manager: string;
  readonly operation: Operation;
  readonly apiVersion: string;
  readonly subresource: string;
}

/** One owner with what it owns and since when. */
export interface Ownership extends Owner {
  readonly fields: FieldSet;
  readonly time: string;
}

/** Applying managers keep their entry across versions; updating ones have one entry a version. */
export const sameOwner = (a: Owner, b: Owner): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  (a.operation === "Apply" || a.apiVersion === b.apiVersion);

/** Fields that nobody owns: identity, and what the server sets. */
export const unowned: FieldSet = [
  ["apiVersion"],
  ["kind"],
  ["metadata"],
  ...["name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields"].map(
    (key) => ["metadata", key],
  ),
  ["metadata", "resourceVersion"],
].reduce<FieldSet>((set, path) => union(set, single(...path.map((name) => `f:${name}`))), emptySet);

export function readOwnerships(object: KubeObject | undefined): Ownership[] {
  return asArray(object?.metadata["managedFields"])
    .filter(isObject)
    .map((entry) => ({
      manager: asString(entry["manager"]),
      operation: entry["operation"] === "Apply" ? "Apply" : "Update",
      apiVersion: asString(entry["apiVersion"]),
      subresource: asString(entry["subresource"]),
      time: asString(entry["time"]),
      fields: parseFields(entry["fieldsV1"]),
    }));
}

/** Writes the entries in the server's order: appliers first, then by time and manager. */
export function writeOwnerships(ownerships: readonly Ownership[]): JsonObject[] {
  const key = (item: Ownership): string =>
    [item.operation, item.time, item.manager, item.apiVersion, item.subresource].join(" ");
  return [...ownerships]
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
    .map((item) => ({
      apiVersion: item.apiVersion,
      fieldsType: "FieldsV1",
      fieldsV1: formatFields(item.fields),
      manager: item.manager,
      operation: item.operation,
      ...(item.subresource === "" ? {} : { subresource: item.subresource }),
      time: item.time,
    }));
}

/** Whether two lists of entries say the same but for their times. */
export function sameFields(a: Json | undefined, b: Json | undefined): boolean {
  const bare = (value: Json | undefined): Json[] =>
    asArray(value).map((entry) => (isObject(entry) ? { ...entry, time: "" } : entry));
  return equal(bare(a), bare(b));
}
