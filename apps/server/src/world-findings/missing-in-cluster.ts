import { defaultWorkspace } from "@heddle/api";
import { backendsOf } from "./backends.ts";
import type { Described, Surroundings } from "./surroundings.ts";
import { few, type Told } from "./told.ts";

/** Backends in a cluster that has told of its inventory and lacks the Service, though others have it. */
export function* missingInCluster(resource: Described, surroundings: Surroundings): Iterable<Told> {
  const { clusters, clustersByDestination } = surroundings.world;
  for (const { destinations, cluster = "", path } of backendsOf(resource)) {
    if (!clusters.get(cluster)?.facts.size) continue;
    for (const { kind, name, namespace = "" } of destinations) {
      const having = clustersByDestination.get(`${namespace}/${name}`);
      if (kind !== "Service" || having.size === 0 || having.has(cluster)) continue;
      const told = [...having].filter((one) => surroundings.mayList("Cluster", defaultWorkspace, one)).sort();
      yield {
        code: "DESTINATION_NOT_FOUND",
        path: [...path, "cluster"],
        reason: `service \`${name}\` in namespace \`${namespace}\` is not in cluster \`${cluster}\`${told.length === 0 ? "" : `; it is in ${few(told)}`}`,
      };
    }
  }
}
