import type { ClusterStatus, ClusterStatusUpdate, Store } from "@heddle/store";
import type { Logger } from "pino";

/** How long changes gather before they are written; a burst of acknowledgements becomes one statement. */
const gatherMs = 100;

/**
 * Connection and revisions of every cluster, in memory, written behind to the store. What a crash loses of it is said again by the agents
 * when they connect.
 */
export class ClusterBoard {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #statuses = new Map<string, ClusterStatus>();
  readonly #unwritten = new Map<string, ClusterStatusUpdate>();
  readonly #listeners = new Set<(cluster: string) => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  async load(): Promise<void> {
    for (const status of await this.#store.status.clusters()) this.#statuses.set(status.cluster, status);
  }

  get(cluster: string): ClusterStatus {
    return this.#statuses.get(cluster) ?? { ...unknown, cluster };
  }

  update(update: ClusterStatusUpdate): void {
    const next = { ...this.get(update.cluster), ...update };
    this.#statuses.set(update.cluster, next);
    this.#unwritten.set(update.cluster, { ...this.#unwritten.get(update.cluster), ...update });
    this.#timer ??= setTimeout(() => void this.flush(), gatherMs).unref();
    for (const listener of this.#listeners) listener(update.cluster);
  }

  desired(cluster: string, revision: number): void {
    this.update({ cluster, desiredRevision: revision });
  }

  /** The agent is done with a delivery, whose id begins with its revision. */
  acknowledged(cluster: string, deliveryId: string): void {
    const revision = Number.parseInt(deliveryId, 10);
    if (Number.isNaN(revision) || revision < (this.get(cluster).appliedRevision ?? -1)) return;
    this.update({ cluster, appliedRevision: revision, lastSeenAt: new Date().toISOString() });
  }

  forget(cluster: string): void {
    this.#statuses.delete(cluster);
    this.#unwritten.delete(cluster);
  }

  onUpdate(listener: (cluster: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what has gathered. What cannot be written now is kept for the next time. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const updates = [...this.#unwritten.values()];
    if (updates.length === 0) return;
    this.#unwritten.clear();
    try {
      await this.#store.status.updateClusters(updates);
    } catch (error) {
      this.#log.warn({ err: error }, "cannot write cluster status now");
      for (const update of updates)
        this.#unwritten.set(update.cluster, { ...update, ...this.#unwritten.get(update.cluster) });
      this.#timer ??= setTimeout(() => void this.flush(), gatherMs * 20).unref();
    }
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
