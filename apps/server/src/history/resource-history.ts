import { type Resource, type ResourceKey, resourceKey } from "@heddle/api";
import { canonicalJson } from "@heddle/core";
import type { ResourceVersion, Store } from "@heddle/store";
import type { Fleet } from "../fleet/fleet.ts";
import type { WantedEdits } from "../resources/edit-resources.ts";
import { ServerError } from "../server-error.ts";

/**
 * The newest version of a resource with this generation; a change of labels repeats the generation, and a resource that was deleted and
 * created again counts from 1 again. @throws ServerError NOT_FOUND
 */
export async function versionAt(
  store: Store,
  key: ResourceKey,
  generation: number,
): Promise<ResourceVersion> {
  let cursor: string | null = null;
  do {
    const page: { items: readonly ResourceVersion[]; next: string | null } = await store.resources.history(
      key,
      {
        cursor: cursor ?? undefined,
      },
    );
    const found = page.items.find((version) => version.generation === generation && !version.deleted);
    if (found !== undefined) return found;
    cursor = page.next;
  } while (cursor !== null);
  throw new ServerError(
    "NOT_FOUND",
    `${key} never had a generation ${generation}: \`heddle history\` lists those it had`,
  );
}

export interface Past {
  readonly store: Store;
  readonly fleet: Fleet;
}

/** Edits that bring one resource back to a generation. @throws ServerError NOT_FOUND */
export async function rollbackOfResource(
  { store, fleet }: Past,
  key: ResourceKey,
  generation: number,
): Promise<WantedEdits> {
  const { resource } = await versionAt(store, key, generation);
  return { manifests: [restored(resource, fleet)], deletes: [] };
}

/** Edits that make all resources what they were at a revision. @throws ServerError BAD_REQUEST */
export async function rollbackOfFleet({ store, fleet }: Past, revision: number): Promise<WantedEdits> {
  const newest = await store.changes.revision();
  if (revision < 0 || revision > newest)
    throw new ServerError("BAD_REQUEST", `there is no revision ${revision}: the newest is ${newest}`);
  const then = await store.resources.at(revision);
  await fleet.reached(newest);
  const keys = new Set(then.map(resourceKey));
  return {
    manifests: then
      .filter((resource) => contentOf(resource) !== contentOf(fleet.resources.get(resourceKey(resource))))
      .map((resource) => restored(resource, fleet)),
    deletes: [...fleet.resources.keys()].filter((key) => !keys.has(key)).sort(),
  };
}

/** As it was, based on the version that is there now: if someone changes that meanwhile, the store refuses. */
function restored(resource: Resource, fleet: Fleet) {
  const { metadata, ...manifest } = manifestOf(resource);
  const resourceVersion = fleet.resources.get(resourceKey(resource))?.metadata.resourceVersion;
  return {
    ...manifest,
    metadata: { ...metadata, ...(resourceVersion !== undefined && { resourceVersion }) },
  };
}

/** Refuses edits of what was changed after `revision`, e.g. since the plan that somebody said yes to. @throws ServerError CONFLICT */
export function refuseChangedSince(
  fleet: Fleet,
  { manifests, deletes }: WantedEdits,
  revision: number,
): void {
  const keys = [...(manifests as readonly Resource[]).map(resourceKey), ...deletes];
  const changed = keys.filter(
    (key) => Number(fleet.resources.get(key)?.metadata.resourceVersion ?? 0) > revision,
  );
  if (changed.length > 0)
    throw new ServerError(
      "CONFLICT",
      `${changed.join(", ")} changed since the plan was made: look at a new one`,
    );
}

function contentOf(resource: Resource | undefined): string {
  return canonicalJson(resource && manifestOf(resource));
}

/** What a person wrote of a resource. */
function manifestOf({ apiVersion, kind, metadata, spec }: Resource) {
  const { name, workspace, labels, annotations } = metadata;
  return { apiVersion, kind, metadata: { name, workspace, labels, annotations }, spec };
}
