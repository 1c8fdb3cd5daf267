import { type MeshFact, type ResourceKey, resourceKey } from "@heddle/api";
import type { TranslationBuilder } from "../translation/contribution.ts";
import type { VirtualHost } from "../translation/dialect.ts";
import { byAge, isOlder } from "../world/age.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";
import { namespacesOfNamed } from "../world/named-destination.ts";
import type { VirtualDestination } from "../world/virtual-index.ts";
import type { World } from "../world/world.ts";
import { readKey } from "./read-key.ts";

/**
 * The hosts of a virtual destination that are its own in a cluster. One of the form `NAME.NAMESPACE.svc.DOMAIN` is a Service's, to be
 * written where there is none; whoever claims a host first where the same clients would see both has it.
 */
export function virtualHosts(
  world: World,
  cluster: ClusterWorld,
  mesh: MeshFact,
  destination: VirtualDestination,
  reads: Set<string>,
  out: TranslationBuilder,
): VirtualHost[] {
  const resource = resourceKey(destination);
  return destination.spec.hosts.flatMap((host, index): VirtualHost[] => {
    const at = { resource, path: `spec.hosts[${index}]` };
    const taken = (holder: string) => {
      out.finding({
        ...at,
        code: "HOST_TAKEN",
        reason: `${holder} already has the host ${host} in cluster ${cluster.cluster.name}`,
        remedy: "use another host, or remove the other",
      });
      return [];
    };
    const rival = olderRival(world, cluster.cluster.name, destination, host);
    if (rival !== undefined) return taken(rival);
    const service = serviceOf(host, mesh);
    if (service === undefined) return [{ host, service }];
    const { namespace, name } = service;
    reads.add(readKey({ kind: "destination", namespace, name }));
    reads.add(readKey({ kind: "namespace", namespace, name: namespace }));
    if (cluster.destinations.has(`${namespace}/${name}`)) return taken(`Service ${namespace}/${name}`);
    if (!cluster.namespaces.has(namespace)) return [{ host, service: undefined }];
    const { workspace } = destination.metadata;
    if (world.ownership.owns(workspace, cluster.cluster.name, namespace)) return [{ host, service }];
    out.finding({
      ...at,
      code: "WORKSPACE_NOT_ALLOWED",
      reason: `workspace ${workspace} does not own namespace ${namespace} in cluster ${cluster.cluster.name}, where the host would be a Service's`,
      remedy: "name a namespace of the workspace, or use a host outside of the cluster's domain",
    });
    return [];
  });
}

function serviceOf(
  host: string,
  { clusterDomain }: MeshFact,
): { readonly namespace: string; readonly name: string } | undefined {
  const suffix = `.svc.${clusterDomain}`;
  const [name, namespace, ...more] = host.endsWith(suffix) ? host.slice(0, -suffix.length).split(".") : [];
  return name === undefined || namespace === undefined || more.length > 0 ? undefined : { namespace, name };
}

function olderRival(
  world: World,
  cluster: string,
  destination: VirtualDestination,
  host: string,
): ResourceKey | undefined {
  const own = namespacesOfNamed(world, cluster, destination);
  const [first] = [...world.virtuals.claiming(host)]
    .filter((other) => other !== destination && isOlder(other, destination))
    .filter((other) => {
      const theirs = namespacesOfNamed(world, cluster, other);
      return own === undefined || theirs === undefined || own.some((namespace) => theirs.includes(namespace));
    })
    .sort(byAge);
  return first && resourceKey(first);
}
