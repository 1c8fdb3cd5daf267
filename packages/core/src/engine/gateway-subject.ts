import type { ClusterWorld } from "../world/cluster-world.ts";
import { gatewaySites } from "../world/gateway-site.ts";
import { keyOfUnit } from "../world/resource-unit.ts";
import type { Unit } from "../world/unit.ts";
import type { World } from "../world/world.ts";
import type { Subject } from "./subject.ts";

/** A Gateway where its workloads are; undefined where none are. */
export function gatewaySubject(world: World, cluster: ClusterWorld, unit: Unit): Subject | undefined {
  const key = keyOfUnit("Gateway", unit);
  const gateway = world.resources.get(key);
  if (gateway?.kind !== "Gateway") return undefined;
  const sites = gatewaySites(world, cluster, gateway);
  if (sites.length === 0) return undefined;
  return {
    own: [key],
    meshes: cluster.meshesInOrder(),
    bearings: [],
    translate({ dialect, context }, out) {
      const here = sites.filter(({ mesh }) => mesh === undefined || mesh === context.mesh.name);
      if (here.length === 0) return [];
      const foreign = new Set(here.flatMap((site) => site.foreign));
      if (foreign.size > 0)
        out.finding({
          resource: key,
          path: "spec.selector",
          code: "WORKSPACE_NOT_ALLOWED",
          reason: `gateways with these labels run in ${[...foreign].join(", ")} of cluster ${unit.cluster}, which workspace ${unit.namespace} does not own`,
          remedy: "give the workspace's own gateways other labels, or ask an administrator to apply it",
        });
      const own = here.filter((site) => site.foreign.length === 0);
      if (own.length > 0) dialect.translate.gateway?.({ gateway, sites: own }, context, out);
      return [];
    },
  };
}
