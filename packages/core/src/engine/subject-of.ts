import { bearingOnMesh, bearingOnNamespace, bearingOnWorkload } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import type { Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import { clientSubject } from "./client-subject.ts";
import { destinationSubject } from "./destination-subject.ts";
import { externalSubject } from "./external-subject.ts";
import { gatewaySubject } from "./gateway-subject.ts";
import { machineSubject } from "./machine-subject.ts";
import { neighboursOfWorkload } from "./neighbours.ts";
import { rawSubject } from "./raw-subject.ts";
import { routesSubject } from "./routes-subject.ts";
import type { Subject } from "./subject.ts";
import { virtualSubject } from "./virtual-subject.ts";

/** What a unit is about; undefined when that does not exist. */
export function subjectOf(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  switch (unit.kind) {
    case "destination": {
      const destination = cluster.destinations.get(`${unit.namespace}/${unit.name}`);
      return destination && destinationSubject(world, cluster, destination);
    }
    case "workload":
      return workloadSubject(world, cluster, unit);
    case "namespace":
      return namespaceSubject(world, cluster, unit);
    case "mesh":
      return meshSubject(world, cluster, unit);
    case "external":
      return externalSubject(world, cluster, unit);
    case "virtual":
      return virtualSubject(world, cluster, unit);
    case "gateway":
      return gatewaySubject(world, cluster, unit);
    case "routes":
      return routesSubject(world, cluster, unit);
    case "machine":
      return machineSubject(world, cluster, unit);
    case "raw":
      return rawSubject(world, cluster, unit);
  }
}

function workloadSubject(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  const workload = cluster.workload(unit.namespace, unit.name);
  if (workload === undefined) return undefined;
  const meshes = cluster.meshesOf([workload]);
  return clientSubject(
    {
      world,
      cluster,
      meshes,
      bearings: bearingOnWorkload(world, cluster, workload, meshes),
      neighbours: (mesh) => neighboursOfWorkload(world, cluster, workload, mesh),
    },
    (dialect, said, context, out) => dialect.translate.workload?.({ workload, ...said }, context, out),
  );
}

function namespaceSubject(world: World, cluster: ClusterWorld, { namespace }: Unit): Subject | undefined {
  if (!cluster.namespaces.has(namespace)) return undefined;
  const meshes = cluster.meshesOf(cluster.workloadsByNamespace.get(namespace));
  return clientSubject(
    {
      world,
      cluster,
      meshes,
      bearings: bearingOnNamespace(world, cluster, namespace, meshes),
      defaultsIn: namespace,
    },
    (dialect, said, context, out) => dialect.translate.namespace?.({ namespace, ...said }, context, out),
  );
}

function meshSubject(world: World, cluster: ClusterWorld, { name }: Unit): Subject | undefined {
  const mesh = cluster.meshes.get(name);
  if (mesh === undefined) return undefined;
  return clientSubject(
    { world, cluster, meshes: [mesh], bearings: bearingOnMesh(world, cluster, mesh), wholeMesh: true },
    (dialect, said, context, out) => dialect.translate.mesh?.(said, context, out),
  );
}
