import type { Labels } from "../selecting/labels.ts";
import { inCluster } from "../selecting/target-match.ts";
import type { ClusterWorld } from "./cluster-world.ts";
import type { Gateway } from "./gateway-index.ts";
import type { World } from "./world.ts";

/** Gateway workloads of one namespace that a Gateway is for. */
export interface GatewaySite {
  readonly namespace: string;
  /** What selects their pods. */
  readonly labels: Labels;
  /** Mesh of their proxies, where the inventory tells. */
  readonly mesh: string | undefined;
  /** All namespaces of the cluster with pods of these labels, for meshes that select by label alone; sorted. */
  readonly alike: readonly string[];
  /** Those of them that the Gateway's workspace does not own: it may not configure what runs there. */
  readonly foreign: readonly string[];
}

/**
 * Where a Gateway is in a cluster, by namespace: the workloads with its labels, or those behind the Services that discovery found to be
 * gateways of its role. Empty where none are.
 */
export function gatewaySites(
  world: World,
  cluster: ClusterWorld,
  { metadata, spec }: Gateway,
): GatewaySite[] {
  const { labels, namespaces, meshes, ...placed } = spec.selector;
  if (!inCluster(placed, cluster.cluster)) return [];
  const { workspace } = metadata;
  const owns = (namespace: string) => world.ownership.owns(workspace, cluster.cluster.name, namespace);
  const found = labels === undefined ? usualSites(cluster, spec.role) : labelledSites(cluster, labels);
  return found
    .filter(
      ({ namespace, mesh }) =>
        (namespaces?.includes(namespace) ?? true) &&
        (meshes === undefined || (mesh !== undefined && meshes.includes(mesh))),
    )
    .map((site) => {
      const elsewhere = labelledSites(cluster, site.labels).map(({ namespace }) => namespace);
      const alike = [...new Set([site.namespace, ...elsewhere])].sort();
      return { ...site, alike, foreign: alike.filter((namespace) => !owns(namespace)) };
    })
    .sort((a, b) => (a.namespace < b.namespace ? -1 : 1));
}

type Found = Pick<GatewaySite, "namespace" | "labels" | "mesh">;

function labelledSites(cluster: ClusterWorld, labels: Labels): Found[] {
  return [...cluster.namespacesNear(labels)].flatMap((namespace) => {
    const [workload] = cluster
      .workloadsWith(namespace, labels)
      .sort((a, b) => (`${a.mesh ?? "~"} ${a.name}` < `${b.mesh ?? "~"} ${b.name}` ? -1 : 1));
    return workload === undefined ? [] : [{ namespace, labels, mesh: workload.mesh }];
  });
}

/** A namespace may have several gateways of a role: each distinct selection of pods is a site. */
function usualSites(cluster: ClusterWorld, role: Gateway["spec"]["role"]): Found[] {
  const sites = new Map<string, Found>();
  for (const [key, endpoint] of [...cluster.gateways].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const service = cluster.destinations.get(key);
    if (endpoint.role !== role || service === undefined || Object.keys(service.selector).length === 0)
      continue;
    const [workload] = cluster.workloadsOf(service);
    const { namespace, selector: labels } = service;
    const pods = `${namespace} ${JSON.stringify(Object.entries(labels).sort())}`;
    sites.set(pods, { namespace, labels, mesh: workload?.mesh ?? endpoint.mesh });
  }
  return [...sites.values()];
}
