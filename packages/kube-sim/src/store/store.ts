import type { KubeObject } from "../json/kube-object.ts";
import { nameOf, namespaceOf } from "../json/kube-object.ts";
import type { Resource } from "../resources/resource.ts";
import { resourceKey } from "../resources/resource.ts";

/** One stored version of an object. Objects are frozen by convention: a write makes a new entry. */
export class Entry {
  readonly object: KubeObject;
  readonly key: string;
  readonly revision: number;
  readonly #json = new Map<string, string>();

  constructor(object: KubeObject, revision: number) {
    this.object = object;
    this.key = objectKey(namespaceOf(object), nameOf(object));
    this.revision = revision;
  }

  /** The object under one of its served versions. */
  as(apiVersion: string): KubeObject {
    return this.object.apiVersion === apiVersion ? this.object : { ...this.object, apiVersion };
  }

  /** The JSON without apiVersion and kind, as lists of built-in kinds hold their items. */
  itemJson(apiVersion: string): string {
    const { apiVersion: version, kind } = this.as(apiVersion);
    const head = `{"apiVersion":${JSON.stringify(version)},"kind":${JSON.stringify(kind)},`;
    const json = this.json(apiVersion);
    return json.startsWith(head) ? `{${json.slice(head.length)}` : json;
  }

  /** The object's JSON, made once a version; apiVersion and kind come first. */
  json(apiVersion: string): string {
    let json = this.#json.get(apiVersion);
    if (json === undefined) {
      const { apiVersion: _stored, kind, ...rest } = this.object;
      json = JSON.stringify({ apiVersion, kind, ...rest });
      this.#json.set(apiVersion, json);
    }
    return json;
  }
}

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  readonly resource: Resource;
  /** What is stored now; for a deletion the last state with the revision of the deletion. */
  readonly entry: Entry;
  readonly previous: Entry | undefined;
}

/** Order of objects in lists: by namespace, then name, as etcd's keys. */
export const objectKey = (namespace: string, name: string): string => `${namespace}/${name}`;

/** Somebody who follows one resource. */
export interface TableListener {
  onChange(change: Change): void;
  /** The resource is not served any more. */
  onDrop(): void;
}

/** All objects of one resource and the last changes to them. */
export class Table {
  readonly entries = new Map<string, Entry>();
  readonly listeners = new Set<TableListener>();
  /** The newest changes, oldest first. */
  changes: Change[] = [];
  /** Changes after this revision are all in `changes`. */
  floor: number;
  #sorted: Entry[] | undefined;

  constructor(floor: number) {
    this.floor = floor;
  }

  record(change: Change, window: number): void {
    const { entry } = change;
    if (change.type === "DELETED") this.entries.delete(entry.key);
    else this.entries.set(entry.key, entry);
    this.#sorted = undefined;
    this.changes.push(change);
    // Trimmed at twice the window, so that the cost of shifting is spread over many changes.
    if (this.changes.length >= window * 2) {
      const cut = this.changes.length - window;
      this.floor = this.changes[cut - 1]?.revision ?? this.floor;
      this.changes = this.changes.slice(cut);
    }
  }

  /** The entries in key order. */
  sorted(): readonly Entry[] {
    this.#sorted ??= [...this.entries.values()].sort(byKey);
    return this.#sorted;
  }

  /** The entries as they were after a revision, or undefined when that is too old. */
  sortedAt(revision: number): readonly Entry[] | undefined {
    if (revision < this.floor) return undefined;
    const later = this.changes.filter((change) => change.revision > revision);
    if (later.length === 0) return this.sorted();
    const entries = new Map(this.entries);
    for (const change of later.reverse()) {
      if (change.previous === undefined) entries.delete(change.entry.key);
      else entries.set(change.entry.key, change.previous);
    }
    return [...entries.values()].sort(byKey);
  }
}

const byKey = (a: Entry, b: Entry): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Every object of one cluster, one revision counter for all, and the changes that watches read. */
export class Store {
  /** Number of the last change. Starts above 1, as it does on a server that has just written its own objects. */
  revision = 100;
  readonly #tables = new Map<string, Table>();
  readonly #window: number;
  readonly #listeners: ((change: Change) => void)[] = [];

  /** @param window changes kept for each resource, at least. */
  constructor(window: number) {
    this.#window = window;
  }

  table(resource: Resource): Table {
    const key = resourceKey(resource.group, resource.plural);
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = new Table(this.revision);
      this.#tables.set(key, table);
    }
    return table;
  }

  get(resource: Resource, namespace: string, name: string): Entry | undefined {
    return this.table(resource).entries.get(objectKey(namespace, name));
  }

  /** Called after each change, after the watches of its resource. */
  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  /** Stores an object; its resourceVersion becomes the new revision. */
  write(resource: Resource, object: KubeObject): Entry {
    const previous = this.get(resource, namespaceOf(object), nameOf(object));
    return this.#commit(resource, object, previous, previous === undefined ? "ADDED" : "MODIFIED");
  }

  remove(resource: Resource, entry: Entry): Entry {
    return this.#commit(resource, entry.object, entry, "DELETED");
  }

  /** Ends a resource: its changes are forgotten and its watches end. */
  drop(resource: Resource): void {
    const table = this.table(resource);
    this.#tables.delete(resourceKey(resource.group, resource.plural));
    for (const listener of [...table.listeners]) listener.onDrop();
  }

  #commit(resource: Resource, object: KubeObject, previous: Entry | undefined, type: Change["type"]): Entry {
    const revision = ++this.revision;
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    const entry = new Entry({ ...object, metadata }, revision);
    const change: Change = { type, revision, resource, entry, previous };
    const table = this.table(resource);
    table.record(change, this.#window);
    for (const listener of table.listeners) listener.onChange(change);
    for (const listener of this.#listeners) listener(change);
    return entry;
  }
}
