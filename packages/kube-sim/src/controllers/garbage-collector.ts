import { asString } from "../json/json.ts";
import { finalizersOf, isDeleting, type KubeObject, ownersOf, uidOf } from "../json/kube-object.ts";
import type { Cluster } from "../operations/cluster.ts";
import { propagationFinalizers, removeEntry } from "../operations/remove.ts";
import { type Resource, resourceKey } from "../resources/resource.ts";
import type { Change, Entry } from "../store/store.ts";
import { type Controller, dropFinalizer } from "./reactions.ts";

interface Place {
  readonly resource: Resource;
  readonly key: string;
}

const ownerUids = (object: KubeObject): string[] => ownersOf(object).map((owner) => asString(owner["uid"]));

/** Removes objects whose owners are all gone, and carries out foreground and orphan deletion. */
export class GarbageCollector implements Controller {
  readonly #cluster: Cluster;
  /** Where the object with a uid is. */
  readonly #alive = new Map<string, Place>();
  /** Dependents by the uid of their owner. */
  readonly #dependents = new Map<string, Map<string, Place>>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  react({ resource, type, entry, previous }: Change): void {
    const { object, key } = entry;
    const uid = uidOf(object);
    const id = `${resourceKey(resource.group, resource.plural)} ${key}`;
    for (const owner of previous === undefined ? [] : ownerUids(previous.object)) {
      this.#dependents.get(owner)?.delete(id);
    }
    if (type === "DELETED") {
      this.#alive.delete(uid);
      for (const owner of ownerUids(object)) {
        this.#dependents.get(owner)?.delete(id);
        this.#releaseOwner(owner);
      }
      for (const dependent of this.#dependentsOf(uid)) this.#collect(dependent);
      this.#dependents.delete(uid);
      return;
    }
    this.#alive.set(uid, { resource, key });
    for (const owner of ownerUids(object)) {
      const known = this.#dependents.get(owner) ?? new Map<string, Place>();
      this.#dependents.set(owner, known.set(id, { resource, key }));
    }
    if (type === "ADDED" && ownerUids(object).length > 0) this.#collect({ resource, entry });
    if (isDeleting(object)) this.#propagate(resource, entry);
  }

  #dependentsOf(uid: string): { resource: Resource; entry: Entry }[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])].flatMap(({ resource, key }) => {
      const entry = this.#cluster.store.table(resource).entries.get(key);
      return entry === undefined ? [] : [{ resource, entry }];
    });
  }

  /** Removes an object unless one of its owners is there. */
  #collect({ resource, entry }: { resource: Resource; entry: Entry }): void {
    const orphaned = !ownerUids(entry.object).some((owner) => this.#alive.has(owner));
    const current = this.#cluster.store.table(resource).entries.get(entry.key);
    if (orphaned && current === entry && !isDeleting(entry.object)) {
      removeEntry(this.#cluster, resource, entry, "Background");
    }
  }

  #propagate(resource: Resource, entry: Entry): void {
    const finalizers = finalizersOf(entry.object);
    const uid = uidOf(entry.object);
    const current = this.#cluster.store.table(resource).entries.get(entry.key);
    if (current !== entry) return;
    if (finalizers.includes(propagationFinalizers.Orphan)) {
      for (const dependent of this.#dependentsOf(uid)) this.#orphan(dependent, uid);
      dropFinalizer(this.#cluster, resource, entry, propagationFinalizers.Orphan);
    } else if (finalizers.includes(propagationFinalizers.Foreground)) {
      const dependents = this.#dependentsOf(uid);
      for (const dependent of dependents) {
        if (!isDeleting(dependent.entry.object)) {
          removeEntry(this.#cluster, dependent.resource, dependent.entry, "Foreground");
        }
      }
      if (dependents.length === 0) {
        dropFinalizer(this.#cluster, resource, entry, propagationFinalizers.Foreground);
      }
    }
  }

  /** Looks again at an owner that waits for its dependents to go. */
  #releaseOwner(uid: string): void {
    const place = this.#alive.get(uid);
    const entry = place && this.#cluster.store.table(place.resource).entries.get(place.key);
    if (place !== undefined && entry !== undefined && isDeleting(entry.object)) {
      this.#propagate(place.resource, entry);
    }
  }

  #orphan({ resource, entry }: { resource: Resource; entry: Entry }, uid: string): void {
    const owners = ownersOf(entry.object).filter((owner) => owner["uid"] !== uid);
    const { ownerReferences: _old, ...metadata } = entry.object.metadata;
    this.#cluster.store.write(resource, {
      ...entry.object,
      metadata: owners.length > 0 ? { ...metadata, ownerReferences: owners } : metadata,
    });
  }
}
