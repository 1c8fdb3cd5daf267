import type { Resource, ResourceKey } from "@heddle/api";
import { canonicalJson } from "../canonical-json.ts";
import type { Change } from "../engine/change.ts";
import type { Provenance } from "../provenance.ts";
import { leavesOf } from "../translation/capability.ts";
import type { World } from "../world/world.ts";

/** Beyond this many changed fields below one path the path itself says more. */
const MOST_FIELDS = 4;

/** Which fields of which resources a batch of changes edits; call `editedFields` before the changes are applied. */
export interface EditedFields {
  /** The part of a provenance that was edited: itself, narrowed to the fields that differ; empty when its resource was not edited. */
  narrow(from: Provenance): readonly Provenance[];
}

export function editedFields(world: World, changes: readonly Change[]): EditedFields {
  const edited = new Map<ResourceKey, readonly string[] | undefined>();
  for (const change of changes)
    if (change.kind === "resource")
      edited.set(change.key, differingLeaves(world.resources.get(change.key), change.resource));
  return {
    narrow(from) {
      if (!edited.has(from.resource)) return [];
      const leaves = edited.get(from.resource);
      if (leaves === undefined) return [from];
      const below = leaves.filter((leaf) => isWithin(leaf, from.path));
      if (below.length > 0 && below.length <= MOST_FIELDS)
        return below.map((path) => ({ resource: from.resource, path }));
      return below.length > 0 || leaves.some((leaf) => isWithin(from.path, leaf)) ? [from] : [];
    },
  };
}

/** Paths of the leaves that differ; undefined when there is no other version to compare with. */
function differingLeaves(
  before: Resource | undefined,
  after: Resource | undefined,
): readonly string[] | undefined {
  if (before === undefined || after === undefined) return undefined;
  const [old, young] = [before, after].map(
    ({ spec }) =>
      new Map([...leavesOf(spec, "spec", "")].map(({ path, value }) => [path, canonicalJson(value)])),
  );
  return [...new Set([...(old?.keys() ?? []), ...(young?.keys() ?? [])])].filter(
    (path) => old?.get(path) !== young?.get(path),
  );
}

/** Whether a path is that of a field or below it. */
export function isWithin(path: string, outer: string): boolean {
  return (
    path === outer || (path.startsWith(outer) && (path[outer.length] === "." || path[outer.length] === "["))
  );
}
