import { type BackendFactory, type IQueueBackend, withBackend } from "bullmq";
import { QueueError } from "../queue-error.ts";
import type { Backend, JobOptions, JobQueue, JobWorker } from "./backend.ts";

export interface BullmqConnections<C> {
  readonly factory: BackendFactory<IQueueBackend, C>;
  /** Gives up soon when the server is away: a caller waits for it. */
  readonly queues: C;
  /** Waits for the server for as long as it takes. */
  readonly workers: C;
  close(): Promise<void>;
}

interface JobData {
  readonly subject: string;
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
    queue(name): JobQueue {
      const queue = new Queue<JobData, void>(name, {
        connection: connections.queues,
        defaultJobOptions: { removeOnComplete: true, removeOnFail: keptFailures },
        streams: { events: { maxLen: keptEvents } },
      });
      queue.on("error", onError);
      return {
        add: (subjects, options) =>
          available(async () => {
            for (let at = 0; at < subjects.length; at += bulk)
              await queue.addBulk(subjects.slice(at, at + bulk).map((subject) => job(subject, options)));
          }),
        every: (subject, intervalMs, { attempts }) =>
          available(async () => {
            const { name, data, opts } = job(subject, { attempts });
            const { deduplication: _, ...template } = opts;
            await queue.upsertJobScheduler(subject, { every: intervalMs }, { name, data, opts: template });
          }),
        cancel: (subject) =>
          available(async () => {
            await queue.removeJobScheduler(subject);
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

    worker(name, run, concurrency): JobWorker {
      const worker = new Worker<JobData, void>(name, ({ data }) => run(data.subject), {
        connection: connections.workers,
        concurrency,
        settings: { backoffStrategy },
      });
      worker.on("error", onError);
      return { close: () => worker.close() };
    },

    close: connections.close,
  };
}

function job(subject: string, { attempts, delayMs }: JobOptions) {
  return {
    name: "run",
    data: { subject },
    opts: {
      attempts,
      backoff: { type: "custom" },
      deduplication: { id: subject, keepLastIfActive: true },
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
