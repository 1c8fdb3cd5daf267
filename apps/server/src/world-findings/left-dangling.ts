import {
  type Finding,
  finding,
  parseResourceKey,
  type Resource,
  type ResourceKey,
  referenceKinds,
  references,
} from "@heddle/api";
import { missingReference } from "./missing-references.ts";
import type { Surroundings } from "./surroundings.ts";

/** Places that are named of all that refer to one resource. */
const namedAtMost = 5;

const referable: ReadonlySet<string> = new Set(referenceKinds);

/**
 * Deletions that leave resources referring to nothing, with where they do. Resources of the same input are no part of it: what these lack
 * is told of themselves.
 */
export function leftDangling(deleted: readonly ResourceKey[], surroundings: Surroundings): Finding[] {
  const gone = deleted.filter((key) => isReferable(key) && surroundings.world.resources.has(key));
  if (gone.length === 0) return [];
  const byName = Map.groupBy(gone, nameOf);
  const dangling = [...surroundings.untouched()].flatMap((resource) => [
    ...danglingIn(resource, byName, surroundings),
  ]);
  return [...Map.groupBy(dangling, ({ key }) => key)].map(([key, places]) => {
    const named = places.slice(0, namedAtMost).map((place) => placeText(place, surroundings));
    const more = places.length > namedAtMost ? ` and ${places.length - namedAtMost} more` : "";
    return finding("STILL_REFERENCED", {
      path: "",
      resource: key,
      reason: `it is named by ${named.join(", ")}${more}`,
    });
  });
}

function placeText({ by: { kind, metadata }, path }: Dangling, surroundings: Surroundings): string {
  const { name, workspace } = metadata;
  return surroundings.mayList(kind, workspace, name)
    ? `${kind}/${workspace}/${name} at ${path}`
    : `a ${kind} that you may not list`;
}

interface Dangling {
  readonly key: ResourceKey;
  readonly by: Resource;
  readonly path: string;
}

function* danglingIn(
  resource: Resource,
  deleted: ReadonlyMap<string, readonly ResourceKey[]>,
  surroundings: Surroundings,
): Iterable<Dangling> {
  const home = deleted.get(`Workspace/${resource.metadata.workspace}`)?.[0];
  if (home !== undefined) yield { key: home, by: resource, path: "metadata.workspace" };
  for (const reference of references(resource)) {
    const keys = deleted.get(`${reference.kind}/${reference.name}`);
    if (keys === undefined || missingReference(reference, resource, surroundings) === undefined) continue;
    const meant = `${reference.kind}/${reference.workspace ?? resource.metadata.workspace}/${reference.name}`;
    const key = keys.find((one) => one === meant) ?? keys[0];
    if (key !== undefined) yield { key, by: resource, path: reference.namePath };
  }
}

function isReferable(key: ResourceKey): boolean {
  return referable.has(parseResourceKey(key).kind);
}

function nameOf(key: ResourceKey): string {
  const { kind, name } = parseResourceKey(key);
  return `${kind}/${name}`;
}
