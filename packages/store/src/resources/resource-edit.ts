import {
  type KindName,
  type ManifestMetadata,
  type Resource,
  type ResourceKey,
  resourceKey,
} from "@heddle/api";

/** One wish of a batch. A `resourceVersion`, where given, must be the current one. */
export type ResourceEdit =
  | {
      readonly op: "put";
      readonly kind: KindName;
      readonly metadata: Readonly<ManifestMetadata>;
      /** Validated, defaults filled in. */
      readonly spec: object;
    }
  | {
      readonly op: "delete";
      readonly kind: KindName;
      readonly workspace: string;
      readonly name: string;
      readonly resourceVersion?: string;
    };

/** `absent`: there was nothing to delete. `resource` is what is stored now, or what was deleted. */
export type EditOutcome =
  | {
      readonly key: ResourceKey;
      readonly outcome: "created" | "updated" | "unchanged" | "deleted";
      readonly resource: Resource;
    }
  | { readonly key: ResourceKey; readonly outcome: "absent" };

export interface Authorship {
  readonly author: string;
  readonly message: string;
}

export interface BatchResult {
  /** Null when nothing changed. */
  readonly revision: number | null;
  /** In the order of the edits. */
  readonly outcomes: readonly EditOutcome[];
}

export function editKey(edit: ResourceEdit): ResourceKey {
  return resourceKey(edit.op === "put" ? edit : { kind: edit.kind, metadata: edit });
}
