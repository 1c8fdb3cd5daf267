import type { Fact, FactKey, InventoryDelta, ResourceKey } from "@heddle/api";
import { factKey } from "@heddle/api";
import { canonicalJson } from "../canonical-json.ts";
import {
  markCluster,
  markDependentsOf,
  markDependentsOfResource,
  markFellows,
  markSelectedBy,
} from "../world/affected-units.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { isPolicy } from "../world/target-index.ts";
import type { DirtyUnits } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import type { Change } from "./change.ts";

/** Puts one change into the world and marks the units it touches, before and after. */
export function applyChange(world: World, change: Change, dirty: DirtyUnits): void {
  switch (change.kind) {
    case "resource": {
      markAffectedBy(world, change.key, dirty);
      world.putResource(change.key, change.resource, change.earlier);
      if (change.key.startsWith("Workspace/")) world.ownership.forget();
      markAffectedBy(world, change.key, dirty);
      return;
    }
    case "cluster": {
      const known = world.clusters.get(change.name);
      if (known !== undefined) markCluster(world, known, dirty);
      if (change.cluster === undefined) world.deleteCluster(change.name);
      else markCluster(world, world.putCluster(change.cluster), dirty);
      markFellows(world, change.name, dirty);
      world.ownership.forget();
      return;
    }
    case "inventory": {
      const cluster = world.clusters.get(change.cluster);
      if (cluster !== undefined) applyInventory(world, cluster, change.delta, dirty);
      return;
    }
  }
}

function markAffectedBy(world: World, key: ResourceKey, dirty: DirtyUnits): void {
  for (const version of world.versions(key)) markSelectedBy(world, version, dirty);
  const resource = world.resources.get(key);
  if (resource !== undefined && !isPolicy(resource)) markDependentsOfResource(world, resource, dirty);
}

function applyInventory(world: World, cluster: ClusterWorld, delta: InventoryDelta, dirty: DirtyUnits): void {
  const named = new Set<FactKey>();
  for (const fact of delta.upserts) {
    const key = factKey(fact);
    if (delta.full) named.add(key);
    putFact(world, cluster, key, fact, dirty);
  }
  for (const key of delta.deletes) putFact(world, cluster, key, undefined, dirty);
  if (delta.full)
    for (const key of [...cluster.facts.keys()])
      if (!named.has(key)) putFact(world, cluster, key, undefined, dirty);
}

function putFact(
  world: World,
  cluster: ClusterWorld,
  key: FactKey,
  next: Fact | undefined,
  dirty: DirtyUnits,
): void {
  const previous = cluster.facts.get(key);
  if (previous !== undefined && next !== undefined && shapeOf(previous) === shapeOf(next)) {
    world.putFact(cluster, key, next);
    return;
  }
  if (previous !== undefined) markDependentsOf(world, cluster, previous, dirty);
  const members = cluster.members.size;
  world.putFact(cluster, key, next);
  if (key.startsWith("Namespace/") || cluster.members.size !== members) {
    world.ownership.forget();
    if (world.ownership.any) {
      markCluster(world, cluster, dirty);
      markFellows(world, cluster.cluster.name, dirty);
    }
  }
  if (next !== undefined) markDependentsOf(world, cluster, next, dirty);
}

/** What translation can see of a fact: pods that come and go behind a workload change nothing. */
function shapeOf(fact: Fact): string {
  return canonicalJson(fact.kind === "Workload" ? { ...fact, pods: undefined } : fact);
}
