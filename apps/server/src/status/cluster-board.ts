import type { ClusterStatus, ClusterStatusUpdate, Store } from "@heddle/store";
import type { Logger } from "pino";

/** How long changes gather before they are written; a burst of acknowledgements becomes one statement. */
const gatherMs = 100;
const retryMs = 2_000;

/** Whether an agent has acknowledged what its cluster should have. */
export function inSync({
  desiredRevision,
  appliedRevision,
}: Pick<ClusterStatus, "desiredRevision" | "appliedRevision">): boolean {
  return appliedRevision !== null && appliedRevision >= (desiredRevision ?? 0);
}

/**
 * Connection and revisions of every cluster, in memory, written behind to the store. What a crash loses of it is said again by the agents
 * when they connect.
 */
export class ClusterBoard {
  readonly #store: Pick<Store, "status">;
  readonly #log: Logger;
  readonly #replica: string;
  readonly #statuses = new Map<string, ClusterStatus>();
  readonly #unwritten = new Map<string, ClusterStatusUpdate>();
  /** Clusters whose stream here ended; another replica may hold a newer one by now. */
  readonly #left = new Set<string>();
  readonly #listeners = new Set<(cluster: string) => void>();
  #flushed: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Pick<Store, "status">, log: Logger, replica: string) {
    this.#store = store;
    this.#log = log;
    this.#replica = replica;
  }

  async load(): Promise<void> {
    for (const status of await this.#store.status.clusters()) this.#statuses.set(status.cluster, status);
  }

  get(cluster: string): ClusterStatus {
    return this.#statuses.get(cluster) ?? { ...unknown, cluster };
  }

  update(update: ClusterStatusUpdate): void {
    const { cluster } = update;
    if (update.replica !== undefined) this.#left.delete(cluster);
    this.#unwritten.set(cluster, { ...this.#unwritten.get(cluster), ...update });
    this.#set({ ...this.get(cluster), ...update });
    this.#schedule(gatherMs);
  }

  /** What the store says of a cluster that another replica holds. */
  learn(status: ClusterStatus): void {
    if (!this.#unwritten.has(status.cluster) && !this.#left.has(status.cluster)) this.#set(status);
  }

  /** The cluster should have what this revision made of it. What another replica holds, that one says of. */
  desired(cluster: string, revision: number): void {
    const { replica } = this.get(cluster);
    if (replica === null || replica === this.#replica) this.update({ cluster, desiredRevision: revision });
  }

  /** The agent is done with a delivery, whose id begins with its revision. */
  acknowledged(cluster: string, deliveryId: string): void {
    const revision = Number.parseInt(deliveryId, 10);
    if (Number.isNaN(revision) || revision < (this.get(cluster).appliedRevision ?? -1)) return;
    this.update({ cluster, appliedRevision: revision, lastSeenAt: new Date().toISOString() });
  }

  /** The agent's stream here ended. */
  left(cluster: string): void {
    const { replica: _, ...rest } = this.#unwritten.get(cluster) ?? { cluster };
    this.#unwritten.set(cluster, rest);
    this.#left.add(cluster);
    const status = this.get(cluster);
    if (status.replica === this.#replica) this.#set({ ...status, replica: null });
    this.#schedule(gatherMs);
  }

  forget(cluster: string): void {
    this.#statuses.delete(cluster);
    this.#unwritten.delete(cluster);
    this.#left.delete(cluster);
  }

  onUpdate(listener: (cluster: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what has gathered. What cannot be written now is kept for the next time. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // After the one under way: who closes the store next waits for both.
    this.#flushed = this.#flushed.then(() => this.#write());
    return this.#flushed;
  }

  async #write(): Promise<void> {
    const updates = [...this.#unwritten.values()];
    const left = [...this.#left];
    this.#unwritten.clear();
    this.#left.clear();
    try {
      if (updates.length > 0) await this.#store.status.updateClusters(updates);
      for (const cluster of left) await this.#store.status.disconnected(this.#replica, cluster);
    } catch (error) {
      this.#log.warn({ err: error }, "cannot write cluster status now");
      for (const update of updates)
        this.#unwritten.set(update.cluster, { ...update, ...this.#unwritten.get(update.cluster) });
      for (const cluster of left)
        if (this.#unwritten.get(cluster)?.replica === undefined) this.#left.add(cluster);
      this.#schedule(retryMs);
    }
  }

  /** Time that passes is no news. */
  #set(next: ClusterStatus): void {
    const known = this.get(next.cluster);
    this.#statuses.set(next.cluster, next);
    const differs = (Object.keys(next) as (keyof ClusterStatus)[]).some(
      (field) => field !== "lastSeenAt" && next[field] !== known[field],
    );
    if (differs) for (const listener of this.#listeners) listener(next.cluster);
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), ms).unref();
  }
}

const unknown: Omit<ClusterStatus, "cluster"> = {
  replica: null,
  lastSeenAt: null,
  appliedRevision: null,
  desiredRevision: null,
  agentVersion: null,
  kubernetesVersion: null,
  certificateSerial: null,
  certificateNotAfter: null,
};
