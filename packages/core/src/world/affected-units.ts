import type { DestinationFact, Fact, Resource, ResourceKey, Target, WorkloadFact } from "@heddle/api";
import { resourceKey } from "@heddle/api";
import { inCluster, selectsByName } from "../selecting/target-match.ts";
import type { ClusterWorld } from "./cluster-world.ts";
import type { Gateway } from "./gateway-index.ts";
import type { NamedDestination, NamedDestinationKind } from "./named-destination.ts";
import { workspaceOf } from "./ownership.ts";
import { isUnitResource, type UnitResource, unitOf, unitResourceKinds } from "./resource-unit.ts";
import { tellsHostsApart } from "./route-binding.ts";
import { type Policy, targetsOf } from "./target-index.ts";
import type { DirtyUnits } from "./unit.ts";
import type { VirtualDestination } from "./virtual-index.ts";
import { fellowMembers } from "./virtual-mesh.ts";
import type { World } from "./world.ts";

/** Marks every unit that a policy selects, or selected before its change: call it with both versions. */
export function markSelectedBy(world: World, policy: Policy, dirty: DirtyUnits): void {
  const workspace = workspaceOf(resourceKey(policy));
  for (const target of targetsOf(policy))
    for (const cluster of clustersOf(world, target))
      if (inCluster(target, cluster.cluster)) markInCluster(world, cluster, target, workspace, dirty);
}

/** Clusters that could hold what the target names: by index where it names something, all of them otherwise. */
function* clustersOf(world: World, target: Target): Iterable<ClusterWorld> {
  let names: Iterable<string> = target.clusters ?? world.clusters.keys();
  if (target.kind === "Service" && target.name !== undefined && target.namespace !== undefined)
    names = world.clustersByDestination.get(`${target.namespace}/${target.name}`);
  else if (target.namespace !== undefined) names = world.clustersByNamespace.get(target.namespace);
  else if (target.namespaces !== undefined)
    names = new Set(target.namespaces.flatMap((namespace) => [...world.clustersByNamespace.get(namespace)]));
  for (const name of names) {
    const cluster = world.clusters.get(name);
    if (cluster !== undefined) yield cluster;
  }
}

function markInCluster(
  world: World,
  cluster: ClusterWorld,
  target: Target,
  workspace: string,
  dirty: DirtyUnits,
): void {
  const name = cluster.cluster.name;
  switch (target.kind) {
    case "Service":
      for (const destination of destinationsNamedBy(cluster, target))
        if (selectsByName(target, { ...destination, cluster: cluster.cluster }))
          dirty.add({
            cluster: name,
            kind: "destination",
            namespace: destination.namespace,
            name: destination.name,
          });
      return;
    case "Workload":
      for (const namespace of namespacesNamedBy(cluster, target))
        for (const workload of cluster.workloadsByNamespace.get(namespace))
          if (target.name === undefined || target.name === workload.name)
            dirty.add({
              cluster: name,
              kind: "workload",
              namespace,
              name: `${workload.workloadKind}.${workload.name}`,
            });
      return;
    case "Workspace":
      for (const namespace of cluster.members.keys())
        if (world.ownership.owner(name, namespace) === (target.name ?? workspace))
          markNamespace(cluster, namespace, dirty);
      return;
    case "Mesh":
    case "VirtualMesh":
      markCluster(world, cluster, dirty);
      return;
    case "ExternalService":
    case "VirtualDestination":
      for (const called of namedUnits(world, target.kind, target.name)) dirty.add(unitOf(name, called));
      return;
  }
}

/** Marks what depends on a resource that is no policy; called with the old and the new version, while each is in the world. */
export function markDependentsOfResource(world: World, resource: Resource, dirty: DirtyUnits): void {
  switch (resource.kind) {
    case "Workspace":
      for (const cluster of world.clusters.values()) markCluster(world, cluster, dirty);
      return;
    case "VirtualMesh":
      for (const { cluster: member } of resource.spec.members) {
        const cluster = world.clusters.get(member);
        if (cluster !== undefined) markCluster(world, cluster, dirty);
      }
      return;
    case "ExternalService":
    case "VirtualDestination":
      // Its name may have meant another workspace's until now.
      for (const called of namedUnits(world, resource.kind, resource.metadata.name))
        for (const cluster of world.clusters.keys()) dirty.add(unitOf(cluster, called));
      for (const virtual of virtualsAround(world, resource))
        for (const cluster of world.clusters.keys()) dirty.add(unitOf(cluster, virtual));
      return;
    case "Gateway":
      for (const cluster of world.clusters.keys()) markGateway(world, cluster, resource, dirty);
      return;
    case "RouteTable":
      for (const table of world.routes.touchedBy(resource, (key) => excludesTables(world, key)))
        for (const cluster of world.clusters.keys()) dirty.add(unitOf(cluster, table));
      return;
    case "RawConfig":
      for (const { cluster } of world.clusters.values())
        if (inCluster(resource.spec, cluster)) dirty.add(unitOf(cluster.name, resource));
      return;
    default:
      if (isUnitResource(resource))
        for (const cluster of world.clusters.keys()) dirty.add(unitOf(cluster, resource));
  }
}

/** Virtual destinations that an external service may be a backend of, or that want a host of another. */
function virtualsAround(world: World, resource: NamedDestination): Iterable<VirtualDestination> {
  return resource.kind === "ExternalService"
    ? world.virtuals.selectingExternal(resource.metadata.name)
    : resource.spec.hosts.flatMap((host) => [...world.virtuals.claiming(host)]);
}

function namedUnits(
  world: World,
  kind: NamedDestinationKind,
  name: string | undefined,
): ReadonlySet<UnitResource> {
  return world.named(kind, name) as ReadonlySet<UnitResource>;
}

function* destinationsNamedBy(cluster: ClusterWorld, target: Target) {
  if (target.name !== undefined && target.namespace !== undefined) {
    const destination = cluster.destinations.get(`${target.namespace}/${target.name}`);
    if (destination !== undefined) yield destination;
    return;
  }
  for (const namespace of namespacesNamedBy(cluster, target))
    yield* cluster.destinationsByNamespace.get(namespace);
}

function namespacesNamedBy(cluster: ClusterWorld, target: Target): Iterable<string> {
  if (target.namespace !== undefined) return [target.namespace];
  return target.namespaces ?? cluster.members.keys();
}

/** Marks a namespace and every destination and workload in it. */
export function markNamespace(cluster: ClusterWorld, namespace: string, dirty: DirtyUnits): void {
  const name = cluster.cluster.name;
  dirty.add({ cluster: name, kind: "namespace", namespace, name: namespace });
  for (const destination of cluster.destinationsByNamespace.get(namespace))
    dirty.add({ cluster: name, kind: "destination", namespace, name: destination.name });
  for (const workload of cluster.workloadsByNamespace.get(namespace))
    dirty.add({
      cluster: name,
      kind: "workload",
      namespace,
      name: `${workload.workloadKind}.${workload.name}`,
    });
}

/** Marks everything in a cluster: its labels or one of its meshes changed. */
export function markCluster(world: World, cluster: ClusterWorld, dirty: DirtyUnits): void {
  for (const kind of unitResourceKinds)
    for (const resource of world.ofKind(kind) as ReadonlySet<UnitResource>)
      dirty.add(unitOf(cluster.cluster.name, resource));
  for (const namespace of cluster.members.keys()) markNamespace(cluster, namespace, dirty);
  for (const mesh of cluster.meshes.keys())
    dirty.add({ cluster: cluster.cluster.name, kind: "mesh", namespace: "", name: mesh });
}

/** Marks what depends on one fact of a cluster; called with the old and the new fact of a change, while each is indexed. */
export function markDependentsOf(world: World, cluster: ClusterWorld, fact: Fact, dirty: DirtyUnits): void {
  const name = cluster.cluster.name;
  switch (fact.kind) {
    case "Namespace":
      markNamespace(cluster, fact.name, dirty);
      return;
    case "Mesh":
      markCluster(world, cluster, dirty);
      markFellows(world, name, dirty);
      return;
    case "Destination":
      dirty.add({ cluster: name, kind: "destination", namespace: fact.namespace, name: fact.name });
      for (const workload of cluster.workloadsOf(fact)) markSelecting(world, cluster, workload, dirty);
      markVirtuals(world, name, fact, dirty);
      if (cluster.gateways.has(`${fact.namespace}/${fact.name}`)) markGateways(world, name, dirty);
      return;
    case "Workload":
      if (cluster.servesAsGateway(fact.labels)) markGateways(world, name, dirty);
      for (const gateway of world.gateways.selecting(fact.labels)) markGateway(world, name, gateway, dirty);
      dirty.add({ cluster: name, kind: "namespace", namespace: fact.namespace, name: fact.namespace });
      markSelecting(world, cluster, fact, dirty);
      return;
    case "GatewayEndpoint":
      markGateways(world, name, dirty);
      return;
  }
}

/** Marks what clusters that are joined with one know of it: it came or went, or one of its meshes did. */
export function markFellows(world: World, cluster: string, dirty: DirtyUnits): void {
  for (const fellow of fellowMembers(world, cluster))
    for (const virtual of world.ofKind("VirtualDestination")) dirty.add(unitOf(fellow, virtual));
}

/** Marks virtual destinations that a Service may be a backend of, in its cluster and those that are joined with it. */
function markVirtuals(
  world: World,
  cluster: string,
  { namespace, name }: Pick<DestinationFact, "namespace" | "name">,
  dirty: DirtyUnits,
): void {
  const virtuals = world.virtuals.selecting(namespace, name);
  if (virtuals.size === 0) return;
  for (const near of [cluster, ...fellowMembers(world, cluster)])
    for (const virtual of virtuals) dirty.add(unitOf(near, virtual));
}

/** Marks every Gateway in a cluster: what serves as one came, went or changed, which is rare. */
function markGateways(world: World, cluster: string, dirty: DirtyUnits): void {
  for (const gateway of world.ofKind("Gateway")) markGateway(world, cluster, gateway, dirty);
}

/** Whether a Gateway has a listener that is one table's alone. */
function excludesTables(world: World, key: ResourceKey): boolean {
  const gateway = world.resources.get(key);
  return gateway?.kind === "Gateway" && !gateway.spec.listeners.every(tellsHostsApart);
}

/** Marks a Gateway in a cluster, and the route tables at it. */
function markGateway(world: World, cluster: string, gateway: Gateway, dirty: DirtyUnits): void {
  dirty.add(unitOf(cluster, gateway));
  for (const table of world.routes.boundTo(resourceKey(gateway))) dirty.add(unitOf(cluster, table));
}

/** Marks a workload and the destinations that select its pods: what is said for the same pods is heard together. */
function markSelecting(world: World, cluster: ClusterWorld, workload: WorkloadFact, dirty: DirtyUnits): void {
  const { namespace, workloadKind, name, labels } = workload;
  const at = cluster.cluster.name;
  dirty.add({ cluster: at, kind: "workload", namespace, name: `${workloadKind}.${name}` });
  for (const destination of cluster.destinationsOf(namespace, labels)) {
    dirty.add({ cluster: at, kind: "destination", namespace, name: destination.name });
    markVirtuals(world, at, destination, dirty);
  }
}
