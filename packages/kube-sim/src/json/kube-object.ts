import { asArray, asObject, asString, isObject, type JsonObject, strings } from "./json.ts";

/** An object as the API shows it: always with apiVersion, kind and metadata. */
export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: JsonObject;
}

export const nameOf = (object: KubeObject): string => asString(object.metadata["name"]);
export const namespaceOf = (object: KubeObject): string => asString(object.metadata["namespace"]);
export const uidOf = (object: KubeObject): string => asString(object.metadata["uid"]);
export const finalizersOf = (object: KubeObject): string[] => strings(object.metadata["finalizers"]);
export const labelsOf = (object: KubeObject): JsonObject => asObject(object.metadata["labels"]);
export const isDeleting = (object: KubeObject): boolean => object.metadata["deletionTimestamp"] !== undefined;
export const ownersOf = (object: KubeObject): JsonObject[] =>
  asArray(object.metadata["ownerReferences"]).filter(isObject);

/** `group/version` as group and version; the core group is the empty string. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf("/");
  return slash < 0
    ? { group: "", version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}
export const joinApiVersion = (group: string, version: string): string =>
  group === "" ? version : `${group}/${version}`;

/** The time as Kubernetes writes it: RFC 3339, whole seconds, UTC. */
export const timestamp = (date: Date = new Date()): string => `${date.toISOString().slice(0, 19)}Z`;
