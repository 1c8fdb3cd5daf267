import type { ClusterFact, Fact, FactKey, KindName, Resource, ResourceKey, ResourceOf } from "@heddle/api";
import { MultiMap } from "../multi-map.ts";
import { ClusterWorld, namespaceOf } from "./cluster-world.ts";
import { FactNames } from "./fact-names.ts";
import { GatewayIndex } from "./gateway-index.ts";
import { fallbacksOf } from "./generations.ts";
import { RouteIndex } from "./route-index.ts";
import { isPolicy, type Policy, TargetIndex } from "./target-index.ts";
import { VirtualIndex } from "./virtual-index.ts";
import { WorkspaceOwnership } from "./workspace-ownership.ts";

/** All inputs at one revision: clusters with their facts, and resources, with the indexes that translation needs. */
export class World {
  readonly clusters = new Map<string, ClusterWorld>();
  readonly resources = new Map<ResourceKey, Resource>();
  readonly targets = new TargetIndex();
  readonly gateways = new GatewayIndex();
  readonly routes = new RouteIndex();
  readonly virtuals = new VirtualIndex();
  /** Clusters that have a Service `namespace/name`. */
  readonly clustersByDestination = new MultiMap<string, string>();
  /** Clusters that have a namespace of that name, or anything in it. */
  readonly clustersByNamespace = new MultiMap<string, string>();
  readonly names = new FactNames();
  readonly ownership = new WorkspaceOwnership(this);
  readonly #earlier = new Map<ResourceKey, readonly Policy[]>();
  readonly #byKind = new MultiMap<KindName, Resource>();
  /** By `KIND/NAME`, of whatever workspace. */
  readonly #byName = new MultiMap<string, Resource>();

  putCluster(fact: ClusterFact): ClusterWorld {
    const known = this.clusters.get(fact.name);
    if (known !== undefined) {
      known.cluster = fact;
      return known;
    }
    const world = new ClusterWorld(fact);
    this.clusters.set(fact.name, world);
    return world;
  }

  deleteCluster(name: string): void {
    const world = this.clusters.get(name);
    if (world === undefined) return;
    for (const destination of world.destinations.keys()) this.clustersByDestination.delete(destination, name);
    for (const namespace of world.members.keys()) this.clustersByNamespace.delete(namespace, name);
    for (const fact of world.facts.values()) this.names.count(fact, -1);
    this.clusters.delete(name);
  }

  /** Replaces or (with `undefined`) removes one fact of a cluster; returns the one that was there. */
  putFact(cluster: ClusterWorld, key: FactKey, next: Fact | undefined): Fact | undefined {
    const name = cluster.cluster.name;
    const previous = cluster.put(key, next);
    if (previous !== undefined) this.names.count(previous, -1);
    if (next !== undefined) this.names.count(next, 1);
    if (previous?.kind === "Destination")
      this.clustersByDestination.delete(`${previous.namespace}/${previous.name}`, name);
    if (next?.kind === "Destination") this.clustersByDestination.add(`${next.namespace}/${next.name}`, name);
    for (const fact of [previous, next]) {
      const namespace = fact && namespaceOf(fact);
      if (namespace === undefined) continue;
      if (cluster.members.has(namespace)) this.clustersByNamespace.add(namespace, name);
      else this.clustersByNamespace.delete(namespace, name);
    }
    return previous;
  }

  /**
   * Replaces or (with `undefined`) removes a resource; returns the one that was there. `earlier` are generations that may stand in for it
   * (`fallbacksOf`); unless given they follow from what was there.
   */
  putResource(
    key: ResourceKey,
    next: Resource | undefined,
    earlier = this.#follow(key, next),
  ): Resource | undefined {
    const previous = this.resources.get(key);
    for (const version of this.versions(key)) this.targets.delete(version);
    if (previous !== undefined) {
      this.#byKind.delete(previous.kind, previous);
      this.#byName.delete(nameKey(previous), previous);
      if (previous.kind === "RouteTable") this.routes.delete(previous);
      if (previous.kind === "Gateway") this.gateways.delete(previous);
      if (previous.kind === "VirtualDestination") this.virtuals.delete(previous);
    }
    this.#earlier.delete(key);
    if (next === undefined) this.resources.delete(key);
    else {
      if (earlier.length > 0) this.#earlier.set(key, earlier);
      this.resources.set(key, next);
      this.#byKind.add(next.kind, next);
      this.#byName.add(nameKey(next), next);
      if (next.kind === "RouteTable") this.routes.add(next);
      if (next.kind === "Gateway") this.gateways.add(next);
      if (next.kind === "VirtualDestination") this.virtuals.add(next);
    }
    for (const version of this.versions(key)) this.targets.add(version);
    return previous;
  }

  /** Generations of a resource that may stand in for the newest, newest first. */
  earlier(key: ResourceKey): readonly Policy[] {
    return this.#earlier.get(key) ?? [];
  }

  /** A policy with the generations that may stand in for it, the newest first; empty for what is no policy. */
  versions(key: ResourceKey): readonly Policy[] {
    const resource = this.resources.get(key);
    if (resource === undefined || !isPolicy(resource)) return [];
    const earlier = this.#earlier.get(key);
    return earlier === undefined ? [resource] : [resource, ...earlier];
  }

  #follow(key: ResourceKey, next: Resource | undefined): readonly Policy[] {
    const previous = this.resources.get(key);
    if (next === undefined || previous === undefined) return [];
    if (previous.metadata.uid !== next.metadata.uid) return [];
    const same = previous.metadata.generation === next.metadata.generation;
    return fallbacksOf(next, same ? this.earlier(key) : [previous, ...this.earlier(key)]);
  }

  /** All resources of a kind, in no particular order. */
  ofKind<K extends KindName>(kind: K): ReadonlySet<ResourceOf<K>> {
    return this.#byKind.get(kind) as ReadonlySet<ResourceOf<K>>;
  }

  /** Resources of a kind and name, one a workspace; all of the kind when no name is given. In no particular order. */
  named<K extends KindName>(kind: K, name: string | undefined): ReadonlySet<ResourceOf<K>> {
    return name === undefined
      ? this.ofKind(kind)
      : (this.#byName.get(`${kind}/${name}`) as ReadonlySet<ResourceOf<K>>);
  }

  /** Policies with all generations that may stand in for them. */
  policies(keys: Iterable<ResourceKey>): Policy[] {
    return [...keys].flatMap((key) => this.versions(key));
  }
}

function nameKey({ kind, metadata }: Resource): string {
  return `${kind}/${metadata.name}`;
}
