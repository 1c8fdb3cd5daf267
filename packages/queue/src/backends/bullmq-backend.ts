import { type BackendFactory, type IQueueBackend, withBackend } from "bullmq";
import { QueueError } from "../queue-error.ts";
import type { Backend, Job, JobOptions, JobQueue, JobWorker, RunJob } from "./backend.ts";

export interface BullmqConnections<C> {
  readonly factory: BackendFactory<IQueueBackend, C>;
  /** Gives up soon when the server is away: a caller waits for it. */
  readonly queues: C;
  /** Waits for the server for as long as it takes. */
  readonly workers: C;
  close(): Promise<void>;
}

interface Stored<Data> {
  readonly data: Data;
}

/** Jobs to one command or transaction; each takes a lock there while it lasts. */
const bulk = 200;
const keptFailures = { count: 1_000, age: 24 * 3_600 };
const keptEvents = 1_000;
const firstPauseMs = 250;
const longestPauseMs = 30_000;

/** @param onError hears of connections that are lost; they come back by themselves. */
export function bullmqBackend<C>(
  connections: BullmqConnections<C>,
  onError: (error: Error) => void,
): Backend {
  const { Queue, Worker } = withBackend(connections.factory);

  return {
    queue<Data>(name: string): JobQueue<Data> {
      const queue = new Queue<Stored<Data>, void>(name, {
        connection: connections.queues,
        defaultJobOptions: { removeOnComplete: true, removeOnFail: keptFailures },
        streams: { events: { maxLen: keptEvents } },
      });
      queue.on("error", onError);
      return {
        add: (jobs, options) =>
          available(async () => {
            const all = jobs.map((job) => described(job, options));
            const [only] = all;
            // On PostgreSQL adding in bulk makes temporary tables first, which takes several times as long.
            if (all.length === 1 && only !== undefined) await queue.add(only.name, only.data, only.opts);
            else for (let at = 0; at < all.length; at += bulk) await queue.addBulk(all.slice(at, at + bulk));
          }),
        every: (scheduler, intervalMs, data) =>
          available(async () => {
            await queue.upsertJobScheduler(scheduler, { every: intervalMs }, { name: "run", data: { data } });
          }),
        cancel: (scheduler) =>
          available(async () => {
            await queue.removeJobScheduler(scheduler);
          }),
        counts: () =>
          available(async () => {
            const { waiting = 0, active = 0, delayed = 0, failed = 0 } = await queue.getJobCounts();
            return { waiting, active, delayed, failed };
          }),
        destroy: () => available(() => queue.obliterate({ force: true })),
        close: () => queue.close(),
      };
    },

    worker<Data>(name: string, run: RunJob<Data>, concurrency: number): JobWorker {
      const worker = new Worker<Stored<Data>, void>(
        name,
        async (job) => {
          const last = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
          const remains = await run(job.data.data, { last });
          if (remains === undefined) return;
          await job.updateData({ data: remains });
          throw new Error("not all of it was done");
        },
        { connection: connections.workers, concurrency, settings: { backoffStrategy } },
      );
      worker.on("error", onError);
      return { close: () => worker.close() };
    },

    close: connections.close,
  };
}

function described<Data>({ data, once }: Job<Data>, { attempts, delayMs }: JobOptions) {
  return {
    name: "run",
    data: { data },
    opts: {
      attempts,
      backoff: { type: "custom" },
      ...(once !== undefined && { deduplication: { id: once, keepLastIfActive: true } }),
      ...(delayMs !== undefined && { delay: delayMs }),
    },
  };
}

/** Doubles up to half a minute; half of it is chance, so that what failed together does not return together. */
function backoffStrategy(attemptsMade: number): number {
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** attemptsMade);
  return Math.round(pause * (0.5 + Math.random() / 2));
}

async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new QueueError("QueueUnavailable", `the queue does not answer: ${String(cause)}`, { cause });
  }
}
