import type { MeshFact, ResourceOf } from "@heddle/api";
import { canonicalJson } from "../canonical-json.ts";
import type { Bearing } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { workspaceOf } from "../world/ownership.ts";
import type { World } from "../world/world.ts";
import { type ClientCondition, clientClasses, conditionsIn, intersect } from "./client-class.ts";
import { byRank } from "./rank.ts";

/** A bearing of a policy that speaks to clients: it may name them in `sources`. */
export type ClientBearing = Bearing<ResourceOf<"TrafficPolicy"> | ResourceOf<"ConnectionPolicy">>;

/** Clients of one class, and the policies that hold for them in rank order. */
export interface Audience<B extends ClientBearing> {
  readonly clients: ClientCondition;
  readonly heard: readonly B[];
}

/** Splits the clients of one mesh by which policies hold for them, most special first; the last entry is everybody else. */
export function audiences<B extends ClientBearing>(
  world: World,
  cluster: ClusterWorld,
  mesh: MeshFact,
  unranked: readonly B[],
): Audience<B>[] {
  const ranked = [...unranked].sort(byRank);
  const conditions = new Map<string, ClientCondition>();
  const clientsOf = new Map<B, string[]>();
  for (const bearing of ranked) {
    const keys = clientsIn(world, cluster, mesh, bearing).map((condition) => {
      const key = canonicalJson(condition);
      if (key !== EVERYONE) conditions.set(key, condition);
      return key;
    });
    clientsOf.set(bearing, keys);
  }
  const keys = [...conditions.keys()];
  return clientClasses([...conditions.values()]).map(({ condition, satisfied }) => {
    const holds = new Set([EVERYONE, ...satisfied.map((index) => keys[index])]);
    return {
      clients: condition,
      heard: ranked.filter((bearing) => clientsOf.get(bearing)?.some((key) => holds.has(key))),
    };
  });
}

const EVERYONE = canonicalJson({});

/** A consumer's policy holds only for clients of its own workspace. */
function clientsIn(
  world: World,
  cluster: ClusterWorld,
  mesh: MeshFact,
  { policy, key, standing }: ClientBearing,
): ClientCondition[] {
  const conditions = conditionsIn(cluster, mesh, policy.spec.sources);
  if (standing === "owner") return conditions;
  const namespaces = world.ownership.namespacesOf(workspaceOf(key), cluster.cluster.name);
  return conditions.flatMap((condition) => intersect(condition, { namespaces }) ?? []);
}
