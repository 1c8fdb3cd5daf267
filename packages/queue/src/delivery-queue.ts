import type { Backend, JobCounts, JobWorker } from "./backends/backend.ts";
import { gather } from "./gather.ts";

/** Which clusters one replica has to bring up to date. A job names a cluster and nothing else: the worker delivers what is newest then. */
export interface DeliveryQueue {
  /** A cluster that waits already is not added again; one that is being delivered to is delivered to once more afterwards. */
  enqueue(clusters: readonly string[]): Promise<void>;
  /**
   * Calls the handler with clusters that wait, as many as have gathered, at most `concurrency` calls at once and no cluster in two of them.
   * When it rejects, each cluster of the call is tried again later, with growing pauses.
   */
  work(handler: (clusters: readonly string[]) => Promise<void>, options: WorkOptions): JobWorker;
  counts(): Promise<JobCounts>;
  /** For the queue of a replica that is dead: deletes it with all that waits in it. */
  destroy(): Promise<void>;
}

export interface WorkOptions {
  readonly concurrency: number;
  /** Clusters to one call at most; 100 unless given. */
  readonly batch?: number;
}

/** About three minutes of trying; afterwards the next change or the agent's next connection brings the cluster back. */
const attempts = 12;

export function deliveryQueue(backend: Backend, name: string): DeliveryQueue & { close(): Promise<void> } {
  const queue = backend.queue(name);
  return {
    enqueue: (clusters) => queue.add([...new Set(clusters)], { attempts }),
    work: (handler, { concurrency, batch = 100 }) =>
      backend.worker(name, gather(handler, { slots: concurrency, most: batch }), concurrency * batch),
    counts: queue.counts,
    destroy: queue.destroy,
    close: queue.close,
  };
}
