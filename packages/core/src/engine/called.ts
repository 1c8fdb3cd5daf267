import { effectiveConnection } from "../policy/effective-connection.ts";
import { effectiveTraffic, type FieldConflict } from "../policy/effective-traffic.ts";
import type { TranslationBuilder } from "../translation/contribution.ts";
import type { UnitContext } from "../translation/dialect.ts";
import { type Bearing, ofKind } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { World } from "../world/world.ts";

/** What shapes the calls to a destination, with findings that hold for every dialect. */
export function calledOf(
  world: World,
  cluster: ClusterWorld,
  heard: readonly Bearing[],
  { mesh }: UnitContext,
  out: TranslationBuilder,
) {
  const traffic = effectiveTraffic(world, cluster, mesh, ofKind(heard, "TrafficPolicy"));
  const connection = effectiveConnection(world, cluster, mesh, ofKind(heard, "ConnectionPolicy"));
  for (const from of traffic?.shadowed ?? [])
    out.finding({
      ...from,
      code: "SHADOWED_RULE",
      reason: "an earlier rule without match takes every request",
      remedy: "give the earlier rule a match, or name the target more narrowly here",
    });
  for (const from of connection?.refused ?? [])
    out.finding({
      ...from,
      code: "WORKSPACE_NOT_ALLOWED",
      reason: "only the workspace that owns the destination decides how connections to it are secured",
      remedy: "remove tls, or ask the owning workspace",
    });
  return { traffic, connection };
}

export function conflictsOf(
  ...effective: readonly ({ readonly conflicts: readonly FieldConflict[] } | undefined)[]
): FieldConflict[] {
  return effective.flatMap((policy) => policy?.conflicts ?? []);
}
