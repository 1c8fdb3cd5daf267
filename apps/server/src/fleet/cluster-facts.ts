import type { ClusterFact, Resource, ResourceKey } from "@heddle/api";
import { defaultWorkspace } from "@heddle/api";

export function clusterResourceKey(name: string): ResourceKey {
  return `Cluster/${defaultWorkspace}/${name}`;
}

/** The cluster as translation sees it: as it enrolled, with what its Cluster resource says on top. */
export function effectiveCluster(enrolled: ClusterFact, resource: Resource | undefined): ClusterFact {
  if (resource?.kind !== "Cluster") return enrolled;
  const { labels, region, zone, network, paused } = resource.spec;
  return {
    ...enrolled,
    labels: { ...enrolled.labels, ...labels },
    ...(region !== undefined && { region }),
    ...(zone !== undefined && { zone }),
    ...(network !== undefined && { network }),
    paused: enrolled.paused || paused,
  };
}
