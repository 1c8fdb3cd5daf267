import { type Resource, type ResourceKey, resourceKey } from "@heddle/api";
import { canonicalJson } from "@heddle/core";
import type { ResourceEdit } from "@heddle/store";
import { ServerError } from "../server-error.ts";

/** What an edit would make of one resource. */
export interface PlannedResource {
  readonly key: ResourceKey;
  readonly outcome: "created" | "updated" | "unchanged" | "deleted" | "absent";
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
}

/**
 * What the store would make of edits, with metadata as it would give it; new resources are created at `now` (RFC 3339).
 * @throws ServerError CONFLICT for an edit that is based on another version; BAD_REQUEST when two name one resource
 */
export function plannedResources(
  resources: ReadonlyMap<ResourceKey, Resource>,
  edits: readonly ResourceEdit[],
  now: string,
): PlannedResource[] {
  const seen = new Set<ResourceKey>();
  return edits.map((edit) => {
    const key = resourceKey(edit.op === "put" ? edit : { kind: edit.kind, metadata: edit });
    if (seen.has(key)) throw new ServerError("BAD_REQUEST", `${key} occurs twice`);
    seen.add(key);
    const before = resources.get(key);
    const wanted = edit.op === "put" ? edit.metadata.resourceVersion : edit.resourceVersion;
    if (wanted !== undefined && wanted !== before?.metadata.resourceVersion)
      throw new ServerError(
        "CONFLICT",
        `${key} was changed by someone else: the edit is based on version ${wanted}, ${before === undefined ? "it does not exist" : `its version is ${before.metadata.resourceVersion}`}`,
      );
    if (edit.op === "delete")
      return { key, outcome: before === undefined ? "absent" : "deleted", before, after: undefined };
    return planned(key, edit, before, now);
  });
}

function planned(
  key: ResourceKey,
  { kind, metadata, spec: given }: Extract<ResourceEdit, { op: "put" }>,
  before: Resource | undefined,
  now: string,
): PlannedResource {
  const { name, workspace, labels, annotations } = metadata;
  // As it will be read back: without undefined fields.
  const spec = JSON.parse(JSON.stringify(given)) as object;
  const sameSpec = before !== undefined && canonicalJson(spec) === canonicalJson(before.spec);
  if (
    sameSpec &&
    canonicalJson([labels, annotations]) ===
      canonicalJson([before.metadata.labels, before.metadata.annotations])
  )
    return { key, outcome: "unchanged", before, after: before };
  const known = before?.metadata;
  const after = {
    apiVersion: "heddle.io/v1alpha1",
    kind,
    metadata: {
      name,
      workspace,
      labels,
      annotations,
      uid: known?.uid ?? "",
      generation: (known?.generation ?? 0) + (sameSpec ? 0 : 1),
      resourceVersion: known?.resourceVersion ?? "",
      creationTimestamp: known?.creationTimestamp ?? now,
    },
    spec,
  } as Resource;
  return { key, outcome: before === undefined ? "created" : "updated", before, after };
}
