import { at, type Json, type JsonObject } from "../json/json.ts";
import type { KubeObject } from "../json/kube-object.ts";
import type { Schema } from "../schema/schema.ts";

/** One column of the table that `kubectl get` prints. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  /** 0 is shown always, above that with `-o wide`. */
  readonly priority: number;
  readonly cell: (object: KubeObject) => Json;
}

/** A subresource other than the object itself, as discovery lists it. */
export interface Subresource {
  readonly name: string;
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** Where `scale` finds its numbers. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  readonly selector: readonly string[];
}

export interface ResourceVersion {
  readonly name: string;
  readonly schema: Schema;
  readonly subresources: readonly Subresource[];
  readonly scale?: ScalePaths;
  readonly columns: readonly Column[];
  /** Fields that a field selector may name, besides metadata.name and metadata.namespace. */
  readonly selectable: readonly string[];
}

/** A kind that the server serves: one storage, one or more versions. */
export interface Resource {
  readonly group: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly versions: ReadonlyMap<string, ResourceVersion>;
  readonly storageVersion: string;
  /** Made by a CustomResourceDefinition. */
  readonly custom: boolean;
  readonly hasGeneration: boolean;
}

/** Key of a resource: `plural.group`, or the plural alone in the core group. */
export const resourceKey = (group: string, plural: string): string =>
  group === "" ? plural : `${plural}.${group}`;

export const hasSubresource = (version: ResourceVersion, name: string): boolean =>
  version.subresources.some((item) => item.name === name);

/** The fields of an object that are neither identity, metadata nor (where it is a subresource) status. */
export function contentOf(object: JsonObject, withoutStatus: boolean): JsonObject {
  const { apiVersion: _a, kind: _k, metadata: _m, status, ...content } = object;
  return withoutStatus || status === undefined ? content : { ...content, status };
}

/** A value by a simple path such as `.spec.replicas`. */
export const byPath = (object: JsonObject, path: string): Json | undefined =>
  at(object, ...path.split(".").filter((part) => part !== ""));
