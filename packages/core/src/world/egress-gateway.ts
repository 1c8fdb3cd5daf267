import type { DestinationFact, ResourceOf } from "@heddle/api";
import { resourceKey } from "@heddle/api";
import type { ClusterWorld } from "./cluster-world.ts";
import { type GatewaySite, gatewaySites } from "./gateway-site.ts";
import type { World } from "./world.ts";

/** A Gateway that calls leave through, where it is in a cluster, with the Service before it. */
export interface EgressGateway {
  readonly gateway: ResourceOf<"Gateway">;
  readonly site: GatewaySite;
  readonly service: DestinationFact;
}

/**
 * A workspace's Gateway of role `egress` by its name. Of several sites the first counts that has a Service before it, by namespace, so that
 * all clients of a cluster leave it in one place. Undefined where there is none.
 */
export function egressGatewayOf(
  world: World,
  cluster: ClusterWorld,
  mesh: string,
  workspace: string,
  name: string,
): EgressGateway | undefined {
  const gateway = world.resources.get(resourceKey({ kind: "Gateway", metadata: { workspace, name } }));
  if (gateway?.kind !== "Gateway" || gateway.spec.role !== "egress") return undefined;
  for (const site of gatewaySites(world, cluster, gateway)) {
    if (site.foreign.length > 0 || (site.mesh !== undefined && site.mesh !== mesh)) continue;
    const [service] = cluster
      .destinationsOf(site.namespace, site.labels)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    if (service !== undefined) return { gateway, site, service };
  }
  return undefined;
}
