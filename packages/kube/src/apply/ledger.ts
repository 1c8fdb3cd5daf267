import { type KubeObject, type ObjectKey, objectKey } from "../kube-object.ts";
import { mayHaveDrifted, type Ownership, ownedFields, ownershipOf } from "./ownership.ts";
import type { NamedObject } from "./problem.ts";

/** What is known of one object that Heddle owns. */
export interface LedgerEntry extends Ownership {
  readonly key: ObjectKey;
  readonly object: NamedObject;
  readonly resourceVersion: string;
  /** `ownedFields` after the last apply. */
  readonly fields: string;
  /** May have been changed by somebody since, or is being deleted; to be applied again. */
  readonly suspect: boolean;
  /** The object as it was applied, serialised; unknown after a restart until its bundle is delivered again. */
  readonly desired: string | undefined;
  /** Nothing wants it any more: it is deleted, or will be as soon as that works, and must not be made again. */
  readonly leaving?: true;
}

/** What Heddle owns in a cluster, by object and by bundle. A cache of the marks on the objects: it can be made again from them. */
export class Ledger {
  readonly #entries = new Map<ObjectKey, LedgerEntry>();
  readonly #bundles = new Map<string, Set<ObjectKey>>();

  get(key: ObjectKey): LedgerEntry | undefined {
    return this.#entries.get(key);
  }

  entries(): Iterable<LedgerEntry> {
    return this.#entries.values();
  }

  bundles(): Iterable<string> {
    return this.#bundles.keys();
  }

  ofBundle(id: string): LedgerEntry[] {
    const entries: LedgerEntry[] = [];
    for (const key of this.#bundles.get(id) ?? []) {
      const entry = this.#entries.get(key);
      if (entry) entries.push(entry);
    }
    return entries;
  }

  set(entry: LedgerEntry): void {
    this.delete(entry.key);
    this.#entries.set(entry.key, entry);
    const keys = this.#bundles.get(entry.bundle);
    if (keys) keys.add(entry.key);
    else this.#bundles.set(entry.bundle, new Set([entry.key]));
  }

  /** From now on the object is not wanted. */
  leave(entry: LedgerEntry): void {
    this.set({ ...entry, suspect: true, leaving: true });
  }

  delete(key: ObjectKey): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    const keys = this.#bundles.get(entry.bundle);
    keys?.delete(key);
    if (keys?.size === 0) this.#bundles.delete(entry.bundle);
  }

  /** The bundle's hash, when exactly its objects are there, all of one hash and none in doubt. */
  hashInPlace(bundle: string): string | undefined {
    const entries = this.ofBundle(bundle);
    const [first] = entries;
    if (first === undefined || entries.length !== first.objects) return undefined;
    return entries.every((entry) => entry.hash === first.hash && !entry.suspect) ? first.hash : undefined;
  }
}

/** The entry that an object in the cluster makes; undefined when Heddle does not own it. */
export function ledgerEntry(object: KubeObject, desired?: string): LedgerEntry | undefined {
  const ownership = ownershipOf(object.metadata);
  if (!ownership) return undefined;
  const { name, namespace } = object.metadata;
  return {
    ...ownership,
    key: objectKey(object),
    object: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: namespace === undefined ? { name } : { name, namespace },
    },
    resourceVersion: object.metadata.resourceVersion ?? "",
    fields: ownedFields(object.metadata),
    // What was written just now cannot have been changed before.
    suspect:
      object.metadata.deletionTimestamp !== undefined ||
      (desired === undefined && mayHaveDrifted(object.metadata)),
    desired,
  };
}
