import { type DestinationFact, type MeshFact, resourceKey, type Split } from "@heddle/api";
import type { Provenance } from "../provenance.ts";
import { hasLabels } from "../selecting/labels.ts";
import { inCluster, inMesh, selectsByName } from "../selecting/target-match.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { visibleNamed } from "../world/named-destination.ts";
import type { BackendSelector, VirtualDestination } from "../world/virtual-index.ts";
import { virtualMeshesOf } from "../world/virtual-mesh.ts";
import type { World } from "../world/world.ts";

/** What calls to a virtual destination become for the clients of one mesh. */
export interface VirtualBackends {
  /** By weight; each names what it leads to in full. Empty when nothing that is selected can be reached. */
  readonly split: readonly Split[];
  /** Backends that are there and not used, because others have a lower number as priority. */
  readonly spare: readonly Provenance[];
  /** Backends that select nothing that can be reached from here. */
  readonly unreachable: readonly Provenance[];
}

type Entry = VirtualDestination["spec"]["backends"][number];
type Found = Pick<Split, "destination" | "cluster">;

/**
 * The backends of a virtual destination as clients of a mesh reach them: Services of the cluster itself and, where a virtual mesh joins
 * the mesh with those of other clusters, Services there; external services by name. Of several priorities the best that has anything is
 * taken. An entry's weight is shared by all that it selects.
 */
export function virtualBackends(
  world: World,
  cluster: ClusterWorld,
  mesh: MeshFact,
  destination: VirtualDestination,
): VirtualBackends {
  const key = resourceKey(destination);
  const joined = joinedClusters(world, cluster, mesh);
  const entries = destination.spec.backends.map((entry, index) => ({
    entry,
    from: { resource: key, path: `spec.backends[${index}]` },
    found: selected(world, joined, destination, entry),
  }));
  const there = entries.filter(({ found }) => found.length > 0);
  const best = Math.min(...there.map(({ entry }) => entry.priority));
  const used = there.filter(({ entry }) => entry.priority === best && entry.weight > 0);
  const shares = used.reduce((product, { found }) => leastCommonMultiple(product, found.length), 1);
  const [only, ...otherPorts] = destination.spec.ports;
  const usual = otherPorts.length === 0 ? only?.targetPort : undefined;
  const split = used.flatMap(({ entry, found }) => {
    const port = entry.port ?? usual;
    const weight = (entry.weight * shares) / found.length;
    return found.map((backend): Split => ({ ...backend, ...(port !== undefined && { port }), weight }));
  });
  return {
    split: smallest(split),
    spare: there.filter(({ entry }) => entry.priority > best).map(({ from }) => from),
    unreachable: entries.filter(({ found }) => found.length === 0).map(({ from }) => from),
  };
}

/** Largest weight that every mesh takes. */
const MAX_WEIGHT = 1_000_000;

/** The same shares in the smallest whole numbers; rounded where these are too large for a mesh. */
export function smallest<B extends { readonly weight: number }>(backends: readonly B[]): B[] {
  const exact = backends.every(({ weight }) => Number.isSafeInteger(weight));
  const common = exact
    ? backends.reduce((found, { weight }) => greatestCommonDivisor(found, weight), 0) || 1
    : 1;
  const largest = Math.max(...backends.map(({ weight }) => weight / common));
  const scale = exact && largest <= MAX_WEIGHT ? 1 : MAX_WEIGHT / largest;
  return backends.map((backend) => ({ ...backend, weight: Math.round((backend.weight / common) * scale) }));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function leastCommonMultiple(a: number, b: number): number {
  return (a * b) / greatestCommonDivisor(a, b);
}

/** The cluster itself first, then the members of its virtual meshes that run the same product, by name. */
function joinedClusters(world: World, cluster: ClusterWorld, mesh: MeshFact): ClusterWorld[] {
  const names = new Set(
    virtualMeshesOf(world, cluster.cluster.name, mesh).flatMap(({ spec }) =>
      spec.members.map((member) => member.cluster),
    ),
  );
  names.delete(cluster.cluster.name);
  const others = [...names].sort().flatMap((name) => world.clusters.get(name) ?? []);
  return [
    cluster,
    ...others.filter(({ meshes }) => [...meshes.values()].some(({ dialect }) => dialect === mesh.dialect)),
  ];
}

function selected(
  world: World,
  joined: readonly ClusterWorld[],
  { metadata: { workspace } }: VirtualDestination,
  { selector }: Entry,
): Found[] {
  if (selector.kind === "Workload") return [];
  if (selector.kind === "ExternalService") return externals(world, workspace, selector);
  const wanted = new Map<string, { fact: DestinationFact; clusters: string[] }>();
  for (const cluster of joined) {
    if (!inCluster(selector, cluster.cluster)) continue;
    for (const fact of services(world, cluster, workspace, selector)) {
      const key = `${fact.namespace}/${fact.name}`;
      const known = wanted.get(key);
      if (known === undefined) wanted.set(key, { fact, clusters: [cluster.cluster.name] });
      else known.clusters.push(cluster.cluster.name);
    }
  }
  return [...wanted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, { fact, clusters }]) => {
      const { namespace, name } = fact;
      const destination = { kind: "Service" as const, namespace, name };
      const having = joined.filter(({ destinations }) => destinations.has(key));
      // All that there are of it are one Service to a joined mesh; only a part has to be named.
      if (having.length === clusters.length) return [{ destination }];
      return clusters.sort().map((cluster) => ({ destination, cluster }));
    });
}

function* services(
  world: World,
  cluster: ClusterWorld,
  workspace: string,
  selector: BackendSelector,
): Iterable<DestinationFact> {
  for (const fact of candidates(cluster, selector)) {
    const meshes = cluster.meshesOf(cluster.workloadsOf(fact)).map(({ name }) => name);
    if (
      selectsByName(selector, { ...fact, cluster: cluster.cluster }) &&
      inMesh(selector, { meshes }) &&
      world.ownership.standing(workspace, cluster.cluster.name, fact) !== "none"
    )
      yield fact;
  }
}

function* candidates(
  cluster: ClusterWorld,
  { name, namespace, namespaces }: BackendSelector,
): Iterable<DestinationFact> {
  const within = namespace !== undefined ? [namespace] : (namespaces ?? cluster.members.keys());
  for (const each of within) {
    if (name === undefined) yield* cluster.destinationsByNamespace.get(each);
    else {
      const fact = cluster.destinations.get(`${each}/${name}`);
      if (fact !== undefined) yield fact;
    }
  }
}

function externals(world: World, workspace: string, { name, labels }: BackendSelector): Found[] {
  const names =
    name !== undefined
      ? [name]
      : [...world.ofKind("ExternalService")]
          .filter(({ metadata }) => hasLabels(metadata.labels, labels))
          .map(({ metadata }) => metadata.name);
  return [...new Set(names)]
    .filter((each) => visibleNamed(world, "ExternalService", workspace, each) !== undefined)
    .sort()
    .map((each) => ({ destination: { kind: "ExternalService", name: each } }));
}
