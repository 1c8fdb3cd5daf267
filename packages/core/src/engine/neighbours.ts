import type { DestinationFact, MeshFact, MtlsMode, WorkloadFact } from "@heddle/api";
import { effectiveAuthentication, type LevelledMode } from "../policy/effective-authentication.ts";
import { defaultsOf } from "../policy/unit-defaults.ts";
import type { Sourced } from "../provenance.ts";
import type { Rival } from "../translation/dialect.ts";
import { type Bearing, bearingOnDestination, bearingOnWorkload, ofKind } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { Policy } from "../world/target-index.ts";
import type { Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import { readKey } from "./read-key.ts";

/** Another unit that is about some of the same pods: security said through it is enforced at the same proxies. */
export interface Neighbour {
  readonly read: string;
  readonly fact: DestinationFact | WorkloadFact;
  /** The mTLS mode that is said for it by name or label, which ties with one said for this unit. */
  readonly mode: LevelledMode | undefined;
  /** Whether a mesh that hangs security on ports would have to guard this unit's: by an ALLOW, by mTLS alone, or by default. */
  readonly secured: boolean;
  /** Whether calls are refused there that no ALLOW lets pass. */
  readonly closed: boolean;
}

/** Kinds of policies that are enforced at pods, together with what is said for the same pods elsewhere. */
export const aboutSecurity: ReadonlySet<Policy["kind"]> = new Set(["AccessPolicy", "AuthenticationPolicy"]);

/** Services and workloads that share pods with a destination. */
export function neighboursOfDestination(
  world: World,
  cluster: ClusterWorld,
  destination: DestinationFact,
  workloads: readonly WorkloadFact[],
  mesh: MeshFact,
): Neighbour[] {
  const others = new Set(
    workloads.flatMap((workload) => cluster.destinationsOf(workload.namespace, workload.labels)),
  );
  others.delete(destination);
  return [
    ...[...others].sort(byName).map((other) => serviceNeighbour(world, cluster, other, mesh)),
    ...workloads.map((workload) =>
      neighbour(
        {
          kind: "workload",
          namespace: workload.namespace,
          name: `${workload.workloadKind}.${workload.name}`,
        },
        workload,
        bearingOnWorkload(world, cluster, workload, [mesh]),
      ),
    ),
  ];
}

/** Services that select a workload's pods. */
export function neighboursOfWorkload(
  world: World,
  cluster: ClusterWorld,
  workload: WorkloadFact,
  mesh: MeshFact,
): Neighbour[] {
  return cluster
    .destinationsOf(workload.namespace, workload.labels)
    .sort(byName)
    .map((destination) => serviceNeighbour(world, cluster, destination, mesh));
}

function serviceNeighbour(
  world: World,
  cluster: ClusterWorld,
  destination: DestinationFact,
  mesh: MeshFact,
): Neighbour {
  const { namespace, name } = destination;
  const bearings = bearingOnDestination(world, cluster, destination, [mesh]);
  const { denied, mtls } = defaultsOf(world, cluster.cluster.name, namespace, mesh);
  return neighbour({ kind: "destination", namespace, name }, destination, bearings, {
    ...(denied && { denied }),
    ...(mtls && { fallback: mtls }),
  });
}

function neighbour(
  unit: Omit<Unit, "cluster">,
  fact: DestinationFact | WorkloadFact,
  bearings: readonly Bearing[],
  defaults: { readonly denied?: object; readonly fallback?: Sourced<MtlsMode> } = {},
): Neighbour {
  const { mode, ports } = effectiveAuthentication(ofKind(bearings, "AuthenticationPolicy"), defaults) ?? {};
  const closed =
    defaults.denied !== undefined ||
    ofKind(bearings, "AccessPolicy").some(
      ({ policy: { spec } }) => spec.action === "ALLOW" && spec.dryRun !== true,
    );
  const named = mode?.level === "destination" || mode?.level === "workload";
  return {
    read: readKey(unit),
    fact,
    mode: named ? mode : undefined,
    secured: closed || [mode, ...(ports?.values() ?? [])].some((said) => said?.value === "STRICT"),
    closed,
  };
}

function byName(a: DestinationFact, b: DestinationFact): number {
  return a.name < b.name ? -1 : 1;
}

/** What else security hangs on at the same pods. */
export function rivalsIn(neighbours: readonly Neighbour[]): Rival[] {
  return neighbours.flatMap(({ fact, secured, closed }) => (secured ? [{ fact, closed }] : []));
}

/** The modes that are said for the same pods elsewhere; asking makes the unit depend on these. */
export function modesOf(neighbours: readonly Neighbour[], reads: Set<string>): LevelledMode[] {
  for (const { read } of neighbours) reads.add(read);
  return neighbours.flatMap(({ mode }) => mode ?? []);
}
