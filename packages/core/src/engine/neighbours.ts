import type { DestinationFact, MeshFact, WorkloadFact } from "@heddle/api";
import { effectiveAuthentication, type LevelledMode } from "../policy/effective-authentication.ts";
import { type Bearing, bearingOnDestination, bearingOnWorkload, ofKind } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import { readKey } from "./read-key.ts";

/** Another unit that is about some of the same pods: security said through it is enforced at the same proxies. */
export interface Neighbour {
  readonly read: string;
  /** Set where it is a Service. */
  readonly destination: DestinationFact | undefined;
  /** The mTLS mode that is said for it by name or label, which ties with one said for this unit. */
  readonly mode: LevelledMode | undefined;
  /** Whether any access or authentication policy bears on it. */
  readonly secured: boolean;
}

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
        undefined,
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
  return neighbour({ kind: "destination", namespace, name }, destination, bearings);
}

function neighbour(
  unit: Omit<Unit, "cluster">,
  destination: DestinationFact | undefined,
  bearings: readonly Bearing[],
): Neighbour {
  const authentication = ofKind(bearings, "AuthenticationPolicy");
  const mode = effectiveAuthentication(authentication)?.mode;
  const named = mode?.level === "destination" || mode?.level === "workload";
  return {
    read: readKey(unit),
    destination,
    mode: named ? mode : undefined,
    secured: authentication.length + ofKind(bearings, "AccessPolicy").length > 0,
  };
}

function byName(a: DestinationFact, b: DestinationFact): number {
  return a.name < b.name ? -1 : 1;
}
