import { asObject } from "../json/json.ts";
import { finalizersOf, isDeleting, nameOf, namespaceOf } from "../json/kube-object.ts";
import type { Cluster } from "../operations/cluster.ts";
import { removeEntry } from "../operations/remove.ts";
import type { Resource } from "../resources/resource.ts";
import type { Change, Entry } from "../store/store.ts";
import type { Controller } from "./reactions.ts";

/** Empties namespaces that are being deleted and removes them when nothing is left. */
export class Namespaces implements Controller {
  readonly #cluster: Cluster;
  readonly #namespaces: Resource;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#namespaces = cluster.builtin("", "namespaces");
  }

  react({ resource, type, entry }: Change): void {
    if (resource === this.#namespaces) {
      if (type !== "DELETED" && isDeleting(entry.object)) this.#empty(nameOf(entry.object));
    } else if (type === "DELETED" && resource.namespaced) {
      const namespace = this.#cluster.namespace(namespaceOf(entry.object));
      if (namespace !== undefined && isDeleting(namespace)) this.#finish(nameOf(namespace));
    }
  }

  #empty(name: string): void {
    for (const { resource, entry } of [...this.#contents(name)]) {
      if (!isDeleting(entry.object)) removeEntry(this.#cluster, resource, entry, "Background");
    }
    this.#finish(name);
  }

  #finish(name: string): void {
    const entry = this.#cluster.store.get(this.#namespaces, "", name);
    if (entry === undefined || !isDeleting(entry.object) || !this.#contents(name).next().done) return;
    const { finalizers: held, ...spec } = asObject(entry.object["spec"]);
    if (held === undefined) return;
    const written = this.#cluster.store.write(this.#namespaces, { ...entry.object, spec });
    if (finalizersOf(written.object).length === 0) this.#cluster.store.remove(this.#namespaces, written);
  }

  *#contents(name: string): Generator<{ resource: Resource; entry: Entry }> {
    for (const resource of this.#cluster.registry.all()) {
      if (!resource.namespaced) continue;
      for (const entry of this.#cluster.store.table(resource).entries.values()) {
        if (namespaceOf(entry.object) === name) yield { resource, entry };
      }
    }
  }
}
