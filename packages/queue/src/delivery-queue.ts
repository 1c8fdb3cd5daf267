import type { Backend, JobCounts, JobWorker } from "./backends/backend.ts";

/**
 * Brings clusters up to date; returns those that it could not, to be tried again with growing pauses. When it rejects, that is all of them.
 */
export type Deliver = (clusters: readonly string[]) => Promise<readonly string[]>;

/**
 * Which clusters one replica has to bring up to date. A job names clusters and nothing else: the worker delivers what is newest then. Only
 * the replica itself enqueues and works here; that is why what waits and what runs can be known without asking.
 */
export interface DeliveryQueue {
  /** A cluster that waits already is not added again; one that is being delivered to is delivered to once more afterwards. */
  enqueue(clusters: readonly string[]): Promise<void>;
  /** Delivers job by job, at most `concurrency` of them at once and no cluster in two of them. */
  work(deliver: Deliver, options: { readonly concurrency: number }): JobWorker;
  counts(): Promise<JobCounts>;
  /** For the queue of a replica that is dead: deletes it with all that waits in it. */
  destroy(): Promise<void>;
}

/** About three minutes of trying; afterwards the next change or the agent's next connection brings the cluster back. */
const attempts = 12;
/** Clusters to one job: few rounds for many clusters, and still something to share among the workers. */
const batch = 250;
/**
 * What has not begun by then may have been lost with its Redis, and is added again: a job too many costs little. One that failed is believed for
 * longer than any pause between two attempts.
 */
const believedMs = 5_000;
const failedBelievedMs = 60_000;

interface Waiting {
  /** When the job is known to be stored. */
  readonly stored: Promise<void>;
  readonly believedUntil: number;
}

export function deliveryQueue(
  backend: Backend,
  name: string,
  now: () => number,
): DeliveryQueue & { close(): Promise<void> } {
  const queue = backend.queue<readonly string[]>(name);
  /** Those that a job names which has not begun, or will be tried again. */
  const waiting = new Map<string, Waiting>();
  const running = new Set<string>();
  /** Those of the running that were enqueued since. */
  const again = new Set<string>();

  const wait = (clusters: readonly string[], stored: Promise<void>, forMs: number) => {
    const believedUntil = now() + forMs;
    for (const cluster of clusters) waiting.set(cluster, { stored, believedUntil });
  };
  const add = (clusters: readonly string[]): Promise<void> => {
    const stored = queue.add(batches(clusters), { attempts }).catch((error: unknown) => {
      for (const cluster of clusters) waiting.delete(cluster);
      throw error;
    });
    wait(clusters, stored, believedMs);
    return stored;
  };

  const run = async (named: readonly string[], last: boolean, deliver: Deliver) => {
    const clusters = named.filter((cluster) => !running.has(cluster));
    // A job of a lost connection's time may name what another job is busy with.
    for (const cluster of named) (running.has(cluster) ? again : running).add(cluster);
    for (const cluster of clusters) waiting.delete(cluster);
    const failed = new Set<string>();
    try {
      for (let todo = clusters; todo.length > 0; todo = clusters.filter((cluster) => again.delete(cluster))) {
        for (const cluster of todo) failed.add(cluster);
        const failing = new Set(await deliver(todo));
        for (const cluster of todo) if (!failing.has(cluster)) failed.delete(cluster);
      }
      return failed.size === 0 ? undefined : [...failed];
    } finally {
      for (const cluster of clusters) running.delete(cluster);
      const left = clusters.filter((cluster) => again.delete(cluster));
      if (!last) wait([...failed, ...left], Promise.resolve(), failedBelievedMs);
      else if (left.length > 0) await add(left);
    }
  };

  return {
    async enqueue(clusters) {
      const stored = new Set<Promise<void>>();
      const fresh: string[] = [];
      for (const cluster of new Set(clusters)) {
        const known = waiting.get(cluster);
        if (running.has(cluster)) again.add(cluster);
        else if (known !== undefined && known.believedUntil > now()) stored.add(known.stored);
        else fresh.push(cluster);
      }
      if (fresh.length > 0) stored.add(add(fresh));
      await Promise.all(stored);
    },
    work: (deliver, { concurrency }) =>
      backend.worker<readonly string[]>(
        name,
        (clusters, { last }) => run(clusters, last, deliver),
        concurrency,
      ),
    counts: queue.counts,
    async destroy() {
      await queue.destroy();
      waiting.clear();
    },
    close: queue.close,
  };
}

function batches(clusters: readonly string[]): readonly { readonly data: readonly string[] }[] {
  return Array.from({ length: Math.ceil(clusters.length / batch) }, (_, i) => ({
    data: clusters.slice(i * batch, (i + 1) * batch),
  }));
}
