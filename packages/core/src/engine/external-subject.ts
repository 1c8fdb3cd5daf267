import { bearingOnNamed } from "../world/bearing.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { namespacesOfNamed } from "../world/named-destination.ts";
import { keyOfUnit } from "../world/resource-unit.ts";
import type { Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import { calledOf, conflictsOf } from "./called.ts";
import type { Subject } from "./subject.ts";

/** An external service, which every mesh of a cluster gets to know. */
export function externalSubject(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  const key = keyOfUnit("ExternalService", unit);
  const service = world.resources.get(key);
  if (service?.kind !== "ExternalService" || cluster.meshes.size === 0) return undefined;
  const namespaces = namespacesOfNamed(world, unit.cluster, service);
  return {
    own: [key],
    meshes: cluster.meshesInOrder(),
    bearings: bearingOnNamed(world, cluster, service),
    translate({ dialect, heard, context }, out) {
      const called = calledOf(world, cluster, heard, context, out);
      dialect.translate.external?.({ service, namespaces, ...called }, context, out);
      return conflictsOf(called.traffic, called.connection);
    },
  };
}
