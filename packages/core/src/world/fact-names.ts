import type { Fact } from "@heddle/api";

/** Sorts of names that are asked for; all but meshes are named within a namespace. */
export type NamedSort = "Service" | "Workload" | "ServiceAccount" | "Mesh";

/**
 * Names that facts of any cluster have, counted: whether something exists anywhere, and what there is beside it, without a look at every
 * cluster. Grows with the distinct names of the fleet, not with its clusters.
 */
export class FactNames {
  readonly #counts = new Map<string, Map<string, number>>();

  /** Of a sort, in a namespace; meshes are in none. */
  of(sort: NamedSort, namespace = ""): Iterable<string> {
    return this.#counts.get(`${sort}|${namespace}`)?.keys() ?? [];
  }

  has(sort: NamedSort, name: string, namespace = ""): boolean {
    return this.#counts.get(`${sort}|${namespace}`)?.has(name) ?? false;
  }

  /** Counts a fact of a cluster once more (`by` 1) or once less (-1). */
  count(fact: Fact, by: 1 | -1): void {
    switch (fact.kind) {
      case "Destination":
        this.#add(`Service|${fact.namespace}`, fact.name, by);
        break;
      case "Workload":
        this.#add(`Workload|${fact.namespace}`, fact.name, by);
        this.#add(`ServiceAccount|${fact.namespace}`, fact.serviceAccount, by);
        break;
      case "Mesh":
        this.#add("Mesh|", fact.name, by);
        break;
      case "Namespace":
      case "GatewayEndpoint":
        break;
    }
  }

  #add(group: string, name: string, by: number): void {
    let names = this.#counts.get(group);
    if (names === undefined) {
      names = new Map();
      this.#counts.set(group, names);
    }
    const count = (names.get(name) ?? 0) + by;
    if (count > 0) names.set(name, count);
    else names.delete(name);
    if (names.size === 0) this.#counts.delete(group);
  }
}
