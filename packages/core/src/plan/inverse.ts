import { type FactKey, factKey, type ResourceKey } from "@heddle/api";
import type { Change } from "../engine/change.ts";
import type { World } from "../world/world.ts";

/**
 * Changes that take the world back from `changes` to what it is now; call it before they are applied. They also undo a part of the
 * changes, so a failure half-way can be taken back.
 */
export function inverseOf(world: World, changes: readonly Change[]): Change[] {
  const clusters = new Set<string>();
  const facts = new Map<string, Set<FactKey>>();
  const resources = new Set<ResourceKey>();
  const touch = (cluster: string, keys: Iterable<FactKey>) =>
    facts.set(cluster, new Set([...(facts.get(cluster) ?? []), ...keys]));
  for (const change of changes)
    switch (change.kind) {
      case "resource":
        resources.add(change.key);
        break;
      case "cluster":
        clusters.add(change.name);
        if (change.cluster === undefined)
          touch(change.name, world.clusters.get(change.name)?.facts.keys() ?? []);
        break;
      case "inventory": {
        const { full, upserts, deletes } = change.delta;
        touch(change.cluster, [...upserts.map(factKey), ...deletes]);
        if (full) touch(change.cluster, world.clusters.get(change.cluster)?.facts.keys() ?? []);
        break;
      }
    }
  return [
    ...[...clusters].map(
      (name): Change => ({ kind: "cluster", name, cluster: world.clusters.get(name)?.cluster }),
    ),
    ...[...facts].map(([cluster, keys]): Change => {
      const known = world.clusters.get(cluster)?.facts;
      const upserts = [...keys].flatMap((key) => known?.get(key) ?? []);
      const deletes = [...keys].filter((key) => known?.has(key) !== true);
      return { kind: "inventory", cluster, delta: { full: false, upserts, deletes } };
    }),
    ...[...resources].map(
      (key): Change => ({
        kind: "resource",
        key,
        resource: world.resources.get(key),
        earlier: world.earlier(key),
      }),
    ),
  ];
}
