import { type MeshFact, resourceKey, type Split } from "@heddle/api";
import { virtualBackends } from "../policy/virtual-backends.ts";
import type { TranslationBuilder } from "../translation/contribution.ts";
import { bearingOnNamed } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { namespacesOfNamed } from "../world/named-destination.ts";
import { keyOfUnit } from "../world/resource-unit.ts";
import type { Unit } from "../world/unit.ts";
import type { VirtualDestination } from "../world/virtual-index.ts";
import type { World } from "../world/world.ts";
import { calledOf, conflictsOf } from "./called.ts";
import type { Subject } from "./subject.ts";
import { virtualHosts } from "./virtual-hosts.ts";

/** A virtual destination, which every mesh of a cluster gets to know by the backends that it can reach. */
export function virtualSubject(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  const key = keyOfUnit("VirtualDestination", unit);
  const destination = world.resources.get(key);
  if (destination?.kind !== "VirtualDestination" || cluster.meshes.size === 0) return undefined;
  const namespaces = namespacesOfNamed(world, unit.cluster, destination);
  return {
    own: [key],
    meshes: cluster.meshesInOrder(),
    bearings: bearingOnNamed(world, cluster, destination),
    translate({ dialect, heard, context, reads }, out) {
      const split = reachable(world, cluster, context.mesh, destination, out);
      const hosts = virtualHosts(world, cluster, context.mesh, destination, reads, out);
      if (split.length === 0 || hosts.length === 0) return [];
      const called = calledOf(world, cluster, heard, context, out);
      dialect.translate.virtual?.({ destination, hosts, namespaces, split, ...called }, context, out);
      return conflictsOf(called.traffic, called.connection);
    },
  };
}

function reachable(
  world: World,
  cluster: ClusterWorld,
  mesh: MeshFact,
  destination: VirtualDestination,
  out: TranslationBuilder,
): readonly Split[] {
  const { split, spare, unreachable } = virtualBackends(world, cluster, mesh, destination);
  for (const from of spare)
    out.verdict(
      from,
      "approximated",
      "taken only where no backend of a lower number exists: routes know no health",
    );
  for (const from of unreachable)
    out.verdict(
      from,
      "unsupported",
      "left out: it selects nothing that this mesh, or one joined with it, can call",
    );
  if (split.length === 0)
    out.finding({
      resource: resourceKey(destination),
      path: "spec.backends",
      code: "DESTINATION_NOT_FOUND",
      reason: `none of its backends can be called from cluster ${cluster.cluster.name}, so its hosts lead nowhere there`,
      remedy: "correct the selectors, have the services exported, or join the clusters by a virtual mesh",
    });
  return split;
}
