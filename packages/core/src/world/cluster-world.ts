import type {
  ClusterFact,
  DestinationFact,
  Fact,
  FactKey,
  GatewayEndpointFact,
  MeshFact,
  NamespaceFact,
  WorkloadFact,
} from "@heddle/api";
import { factKey } from "@heddle/api";
import { MultiMap } from "../multi-map.ts";
import { hasLabels, type Labels, labelPairs, selectsPods } from "../selecting/labels.ts";

/** What is known of one cluster, indexed for the questions that translation asks. Facts in it are frozen by agreement. */
export class ClusterWorld {
  cluster: ClusterFact;
  readonly facts = new Map<FactKey, Fact>();
  readonly namespaces = new Map<string, NamespaceFact>();
  readonly meshes = new Map<string, MeshFact>();
  /** By `namespace/name`. */
  readonly destinations = new Map<string, DestinationFact>();
  readonly destinationsByNamespace = new MultiMap<string, DestinationFact>();
  readonly gateways = new Map<string, GatewayEndpointFact>();
  /** Every namespace that is named by a fact, with the keys of the facts that name it. */
  readonly members = new MultiMap<string, FactKey>();
  readonly workloadsByNamespace = new MultiMap<string, WorkloadFact>();
  readonly #workloadsByLabel = new MultiMap<string, WorkloadFact>();
  /** Namespaces with a workload that has a label. */
  readonly #namespacesByLabel = new MultiMap<string, string>();
  readonly #destinationsBySelector = new MultiMap<string, DestinationFact>();

  constructor(cluster: ClusterFact) {
    this.cluster = cluster;
  }

  /** Replaces (or with `undefined` removes) one fact; returns the one that was there. */
  put(key: FactKey, next: Fact | undefined): Fact | undefined {
    const previous = this.facts.get(key);
    if (previous !== undefined) {
      this.#unindex(previous);
      this.facts.delete(key);
      const namespace = namespaceOf(previous);
      if (namespace !== undefined) this.members.delete(namespace, key);
    }
    if (next !== undefined) {
      this.facts.set(key, next);
      this.#index(next);
      const namespace = namespaceOf(next);
      if (namespace !== undefined) this.members.add(namespace, key);
    }
    return previous;
  }

  workloadsOf(destination: DestinationFact): WorkloadFact[] {
    return this.workloadsWith(destination.namespace, destination.selector).sort(byKey);
  }

  /** Workloads of a namespace whose pods a selector selects, in no particular order; an empty one selects none. */
  workloadsWith(namespace: string, selector: Labels): WorkloadFact[] {
    const pair = anchorPair(selector);
    return [...this.#workloadsByLabel.get(`${namespace}|${pair}`)].filter((workload) =>
      selectsPods(selector, workload.labels),
    );
  }

  /** Namespaces that may have workloads whose pods a selector selects: they share one of its labels. */
  namespacesNear(selector: Labels): ReadonlySet<string> {
    return this.#namespacesByLabel.get(anchorPair(selector) ?? "");
  }

  /** Whether pods with these labels, of whatever namespace, are taken for those of a gateway that discovery found. */
  servesAsGateway(podLabels: Labels): boolean {
    return [...this.gateways.keys()].some((key) =>
      selectsPods(this.destinations.get(key)?.selector ?? {}, podLabels),
    );
  }

  get workloadCount(): number {
    const others = [this.namespaces, this.meshes, this.destinations, this.gateways];
    return others.reduce((left, { size }) => left - size, this.facts.size);
  }

  /** By its kind and name, as in `Deployment.reviews-v1`. */
  workload(namespace: string, kindAndName: string): WorkloadFact | undefined {
    const fact = this.facts.get(`Workload/${namespace}/${kindAndName}`);
    return fact?.kind === "Workload" ? fact : undefined;
  }

  destinationsOf(namespace: string, podLabels: Labels): DestinationFact[] {
    const found: DestinationFact[] = [];
    for (const pair of labelPairs(podLabels))
      for (const destination of this.#destinationsBySelector.get(`${namespace}|${pair}`))
        if (hasLabels(podLabels, destination.selector)) found.push(destination);
    return found;
  }

  /** Names of the meshes that pods of these workloads run in, sorted; the cluster's only mesh when no pod tells. */
  meshesOf(workloads: Iterable<WorkloadFact>): MeshFact[] {
    const names = new Set<string>();
    for (const workload of workloads) if (workload.mesh !== undefined) names.add(workload.mesh);
    if (names.size === 0 && this.meshes.size === 1) return [...this.meshes.values()];
    return [...names].sort().flatMap((name) => this.meshes.get(name) ?? []);
  }

  /** By name. */
  meshesInOrder(): MeshFact[] {
    return [...this.meshes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #index(fact: Fact): void {
    switch (fact.kind) {
      case "Namespace":
        this.namespaces.set(fact.name, fact);
        break;
      case "Mesh":
        this.meshes.set(fact.name, fact);
        break;
      case "Workload":
        this.workloadsByNamespace.add(fact.namespace, fact);
        for (const pair of labelPairs(fact.labels)) {
          this.#workloadsByLabel.add(`${fact.namespace}|${pair}`, fact);
          this.#namespacesByLabel.add(pair, fact.namespace);
        }
        break;
      case "Destination": {
        this.destinations.set(`${fact.namespace}/${fact.name}`, fact);
        this.destinationsByNamespace.add(fact.namespace, fact);
        const pair = anchorPair(fact.selector);
        if (pair !== undefined) this.#destinationsBySelector.add(`${fact.namespace}|${pair}`, fact);
        break;
      }
      case "GatewayEndpoint":
        this.gateways.set(`${fact.namespace}/${fact.name}`, fact);
        break;
    }
  }

  #unindex(fact: Fact): void {
    switch (fact.kind) {
      case "Namespace":
        this.namespaces.delete(fact.name);
        break;
      case "Mesh":
        this.meshes.delete(fact.name);
        break;
      case "Workload":
        this.workloadsByNamespace.delete(fact.namespace, fact);
        for (const pair of labelPairs(fact.labels)) {
          const within = `${fact.namespace}|${pair}`;
          this.#workloadsByLabel.delete(within, fact);
          if (!this.#workloadsByLabel.has(within)) this.#namespacesByLabel.delete(pair, fact.namespace);
        }
        break;
      case "Destination": {
        this.destinations.delete(`${fact.namespace}/${fact.name}`);
        this.destinationsByNamespace.delete(fact.namespace, fact);
        const pair = anchorPair(fact.selector);
        if (pair !== undefined) this.#destinationsBySelector.delete(`${fact.namespace}|${pair}`, fact);
        break;
      }
      case "GatewayEndpoint":
        this.gateways.delete(`${fact.namespace}/${fact.name}`);
        break;
    }
  }
}

/** The namespace a fact speaks of; a mesh belongs to its cluster. */
export function namespaceOf(fact: Fact): string | undefined {
  if (fact.kind === "Namespace") return fact.name;
  return fact.kind === "Mesh" ? undefined : fact.namespace;
}

/** One pair of a selector under which it is indexed: any pod it selects carries that pair. */
function anchorPair(selector: Labels): string | undefined {
  return labelPairs(selector).sort()[0];
}

function byKey(a: WorkloadFact, b: WorkloadFact): number {
  const [x, y] = [factKey(a), factKey(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
