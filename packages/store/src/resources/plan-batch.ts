import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { ResourceKey } from "@heddle/api";
import { StoreError } from "../store-error.ts";
import { editKey, type ResourceEdit } from "./resource-edit.ts";
import type { ResourceRow } from "./resource-row.ts";

/** What one edit comes to. `row` lacks only the revision that the batch will get; for what is unchanged it is the stored row. */
export type PlannedEdit =
  | {
      readonly outcome: "created" | "updated" | "unchanged" | "deleted";
      readonly key: ResourceKey;
      readonly row: ResourceRow;
    }
  | { readonly outcome: "absent"; readonly key: ResourceKey };

/**
 * Compares the edits with what is stored.
 *
 * @throws StoreError Conflict, when an edit names another version than the current one; DuplicateEdit, when two edits name one resource
 */
export function planBatch(
  edits: readonly ResourceEdit[],
  current: ReadonlyMap<ResourceKey, ResourceRow>,
  now: Date,
): readonly PlannedEdit[] {
  const seen = new Set<ResourceKey>();
  return edits.map((edit) => {
    const key = editKey(edit);
    if (seen.has(key)) throw new StoreError("DuplicateEdit", `${key} occurs twice in one batch`);
    seen.add(key);
    const stored = current.get(key);
    refuseStale(key, edit.op === "put" ? edit.metadata.resourceVersion : edit.resourceVersion, stored);
    if (edit.op === "delete")
      return stored === undefined ? { outcome: "absent", key } : { outcome: "deleted", key, row: stored };
    return planPut(edit, key, stored, now);
  });
}

function planPut(
  { kind, metadata, spec: given }: Extract<ResourceEdit, { op: "put" }>,
  key: ResourceKey,
  stored: ResourceRow | undefined,
  now: Date,
): PlannedEdit {
  const { name, workspace, labels, annotations } = metadata;
  // Compared as it will be read back: without undefined fields, -0 and the like.
  const spec = JSON.parse(JSON.stringify(given));
  const content = { labels, annotations, spec };
  if (stored === undefined) {
    const row = {
      kind,
      workspace,
      name,
      ...content,
      uid: randomUUID(),
      generation: 1,
      revision: 0,
      created_at: now,
    };
    return { outcome: "created", key, row };
  }
  const sameSpec = isDeepStrictEqual(spec, stored.spec);
  if (
    sameSpec &&
    isDeepStrictEqual({ ...labels }, stored.labels) &&
    isDeepStrictEqual({ ...annotations }, stored.annotations)
  )
    return { outcome: "unchanged", key, row: stored };
  const generation = sameSpec ? stored.generation : stored.generation + 1;
  return { outcome: "updated", key, row: { ...stored, ...content, generation } };
}

function refuseStale(key: ResourceKey, wanted: string | undefined, stored: ResourceRow | undefined): void {
  if (wanted === undefined || wanted === String(stored?.revision)) return;
  const found = stored === undefined ? "it does not exist" : `its resourceVersion is ${stored.revision}`;
  throw new StoreError(
    "Conflict",
    `${key} was changed by someone else: the edit is based on ${wanted}, ${found}`,
  );
}
