import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterFact, Resource, ResourceKey } from "@heddle/api";
import { type Change, type ClusterDelta, Engine } from "@heddle/core";
import { dialects } from "@heddle/dialects";
import type { Fallbacks, Store } from "@heddle/store";
import type { Logger } from "pino";
import { clusterResourceKey, effectiveCluster } from "./cluster-facts.ts";

/** How long a failed look at the changes waits for the next, in ms: a wake tells of a revision once only. */
const retryMs = 500;
/** How long who wants to read their own write waits, in ms. */
const reachedWithinMs = 30_000;

export interface FleetChange {
  /** Revision that the fleet has come to. */
  readonly revision: number;
  readonly deltas: ReadonlyMap<string, ClusterDelta>;
  readonly resources: readonly ResourceKey[];
  readonly clusters: readonly string[];
  /**
   * When this replica was woken, had read the changes, and had translated them; ms as `performance.now()` says it. Undefined for translation
   * that was put off when everything was loaded.
   */
  readonly times: { readonly woken: number; readonly read: number; readonly compiled: number } | undefined;
}

/**
 * This replica's view of all inputs and of what follows from them, kept in step with the database by its change feed. One catch-up runs
 * at a time; wakes that come meanwhile become one more.
 */
export class Fleet {
  readonly engine = new Engine(dialects, (cluster, delta) =>
    this.#tell({
      revision: this.#revision,
      deltas: new Map([[cluster, delta]]),
      resources: [],
      clusters: [],
      times: undefined,
    }),
  );
  readonly #store: Store;
  readonly #log: Logger;
  readonly #enrolled = new Map<string, ClusterFact>();
  readonly #listeners = new Set<(change: FleetChange) => void>();
  readonly #waiting = new Set<{ readonly revision: number; readonly done: () => void }>();
  #revision = -1;
  #running: Promise<void> | undefined;
  /** The newest revision that there is said to be, until it is read. */
  #wanted: number | undefined;
  /** When that was first said; ms as `performance.now()` says it. */
  #woken = 0;
  #settled: Promise<void> = Promise.resolve();
  #unsubscribe = (): void => undefined;
  readonly #stopping = new AbortController();

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** The revision up to which everything is known; -1 before the first load. */
  get revision(): number {
    return this.#revision;
  }

  get resources(): ReadonlyMap<ResourceKey, Resource> {
    return this.engine.world.resources;
  }

  /** Loads everything and follows from then on; `translate` does the rest. @throws StoreError when the first load fails */
  async start(): Promise<void> {
    this.#woken = performance.now();
    await this.#reload();
    const subscription = this.#store.changes.subscribe((revision) => this.wake(revision));
    this.#unsubscribe = () => subscription.close();
  }

  /** Begins to translate what was loaded, in turns: to be called when the rest of the server is up. */
  translate(): void {
    this.#settled = Promise.all([this.#settled, this.#settleInTurns()]).then(() => undefined);
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#stopping.abort();
    await Promise.all([this.#running, this.#settled]);
  }

  /** Resolves when all clusters are translated. Who asks for what comes to many clusters waits for it, or has them translated in one go. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  onChange(listener: (change: FleetChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says that there is this revision. Returns at once. An older one than is known comes late, or of a database that was restored. */
  wake(revision: number): void {
    if (revision === this.#revision) return;
    if (this.#wanted === undefined) this.#woken = performance.now();
    this.#wanted = Math.max(revision, this.#wanted ?? revision);
    this.#running ??= this.#run();
  }

  /** Resolves with true when everything up to the revision is known here, with false when that takes too long. */
  async reached(revision: number | null, withinMs = reachedWithinMs): Promise<boolean> {
    if (revision === null || this.#revision >= revision) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter = { revision, done: () => resolve(true) };
    const timer = setTimeout(resolve, withinMs, false);
    this.#waiting.add(waiter);
    this.wake(revision);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiter);
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (this.#wanted !== undefined && !signal.aborted) {
      const wanted = this.#wanted;
      this.#wanted = undefined;
      try {
        await this.#catchUp();
        // Said meanwhile, and read already.
        if (this.#wanted === this.#revision) this.#wanted = undefined;
      } catch (error) {
        this.#log.warn({ err: error }, "cannot read changes now");
        this.#wanted = Math.max(wanted, this.#wanted ?? wanted);
        await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
    this.#running = undefined;
  }

  async #catchUp(): Promise<void> {
    for (let more = true; more; ) {
      const page = await this.#store.snapshot.since(this.#revision);
      if (page.reload) {
        await this.#reload();
        this.translate();
        return;
      }
      for (const [name, cluster] of page.clusters) {
        if (cluster === null) this.#enrolled.delete(name);
        else this.#enrolled.set(name, cluster);
      }
      const changes = this.changesOf(page.resources, page.clusters.keys(), page.earlier);
      const clusters = changes.flatMap((change) => (change.kind === "cluster" ? change.name : []));
      for (const [cluster, delta] of page.inventory) changes.push({ kind: "inventory", cluster, delta });
      this.#take(changes, page.revision, [...page.resources.keys()], [...clusters, ...page.inventory.keys()]);
      more = page.more;
    }
  }

  /**
   * What other resources are for translation: themselves and, with a Cluster resource, its cluster; `clusters` that changed anyhow.
   * Generations before them are what is known here unless `earlier` has all that count.
   */
  changesOf(
    resources: ReadonlyMap<ResourceKey, Resource | null>,
    clusters: Iterable<string> = [],
    earlier?: Fallbacks,
  ): Change[] {
    const names = new Set(clusters);
    for (const key of resources.keys())
      if (key.startsWith("Cluster/")) names.add(key.slice(key.lastIndexOf("/") + 1));
    return [
      ...[...names].map((name) => this.#clusterChange(name, resources)),
      ...[...resources].map(
        ([key, resource]): Change => ({
          kind: "resource",
          key,
          resource: resource ?? undefined,
          ...(earlier && { earlier: earlier.get(key) ?? [] }),
        }),
      ),
    ];
  }

  #clusterChange(name: string, changed: ReadonlyMap<ResourceKey, Resource | null>): Change {
    const enrolled = this.#enrolled.get(name);
    const key = clusterResourceKey(name);
    const resource = changed.has(key) ? (changed.get(key) ?? undefined) : this.resources.get(key);
    return { kind: "cluster", name, cluster: enrolled && effectiveCluster(enrolled, resource) };
  }

  /** Translates what was put off, cluster by cluster; others have as long for their turns. Whoever asks for a cluster has it at once. */
  async #settleInTurns(): Promise<void> {
    const { signal } = this.#stopping;
    for (const cluster of this.engine.pending) {
      const started = performance.now();
      try {
        this.engine.settle(cluster);
      } catch (error) {
        this.#log.error({ err: error, cluster }, "a cluster could not be translated");
      }
      await sleep(performance.now() - started, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
  }

  /** Replaces the whole view, to be translated in turns; what is gone meanwhile is taken away by naming what is there. */
  async #reload(): Promise<void> {
    const snapshot = await this.#store.snapshot.load();
    const resources = new Map(snapshot.resources.map((resource) => [keyOf(resource), resource]));
    this.#enrolled.clear();
    for (const cluster of snapshot.clusters) this.#enrolled.set(cluster.name, cluster);
    const gone = (known: Iterable<string>, there: { has(key: string): boolean }) =>
      [...known].filter((key) => !there.has(key));
    const names = gone(this.engine.world.clusters.keys(), this.#enrolled);
    const keys = gone(this.resources.keys(), resources) as ResourceKey[];
    const changes: Change[] = [
      ...names.map((name): Change => ({ kind: "cluster", name, cluster: undefined })),
      ...keys.map((key): Change => ({ kind: "resource", key, resource: undefined })),
      ...[...this.#enrolled.keys()].map((name) => this.#clusterChange(name, resources)),
      ...[...snapshot.facts].map(
        ([cluster, upserts]): Change => ({
          kind: "inventory",
          cluster,
          delta: { full: true, upserts, deletes: [] },
        }),
      ),
      ...[...resources].map(
        ([key, resource]): Change => ({
          kind: "resource",
          key,
          resource,
          earlier: snapshot.earlier.get(key) ?? [],
        }),
      ),
    ];
    this.#take(
      changes,
      snapshot.revision,
      [...resources.keys(), ...keys],
      [...this.#enrolled.keys(), ...names],
      true,
    );
  }

  #take(
    changes: readonly Change[],
    revision: number,
    resources: readonly ResourceKey[],
    clusters: readonly string[],
    defer = false,
  ): void {
    const read = performance.now();
    const deltas = this.engine.apply(changes, { defer });
    const times = { woken: this.#woken, read, compiled: performance.now() };
    this.#revision = revision;
    this.#tell({ revision, deltas, resources, clusters, times });
    for (const waiter of this.#waiting)
      if (waiter.revision <= revision) {
        this.#waiting.delete(waiter);
        waiter.done();
      }
  }

  #tell(change: FleetChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function keyOf(resource: Resource): ResourceKey {
  return `${resource.kind}/${resource.metadata.workspace}/${resource.metadata.name}`;
}
