import type { Backend, JobCounts, JobQueue, JobWorker } from "./backends/backend.ts";

/** Something to be done once, wherever a worker is free, e.g. `{ duty: "poll-git", subject: "GitSource/default/shop" }`. */
export interface Duty {
  /** Letters, digits, `-`. */
  readonly duty: string;
  /** What it is about: names only, never contents. */
  readonly subject?: string;
}

export type DutyHandler = (subject: string) => Promise<void>;

export interface DutyQueue {
  /** Now, or after a delay. While the same duty waits this does nothing; while it runs, it runs once more afterwards. */
  once(duty: Duty, options?: { readonly delayMs?: number }): Promise<void>;
  /** At every interval from now on, whoever is there to do it. The same duty again changes its interval. A run longer than the interval is
   * followed by one more, never joined by it. */
  every(duty: Duty, intervalMs: number): Promise<void>;
  /** No longer at intervals; what waits still runs. */
  cancel(duty: Duty): Promise<void>;
  /** Does duties of these names. A duty that rejects is tried twice more, then left to its next interval. */
  work(handlers: Readonly<Record<string, DutyHandler>>, options: { readonly concurrency: number }): JobWorker;
  counts(): Promise<JobCounts>;
}

const attempts = 3;

/** The clock that ticks for `every` is a queue of its own: a tick only asks for the run, so that runs never overlap. */
export function dutyQueue(backend: Backend, name: string): DutyQueue & { close(): Promise<void> } {
  const runs = backend.queue(name);
  const ticks = backend.queue(`${name}-ticks`);
  return {
    once: (duty, { delayMs } = {}) =>
      runs.add([written(duty)], { attempts, ...(delayMs !== undefined && { delayMs }) }),
    every: (duty, intervalMs) => ticks.every(written(duty), intervalMs, { attempts }),
    cancel: (duty) => ticks.cancel(written(duty)),
    work(handlers, { concurrency }) {
      const workers = [
        backend.worker(`${name}-ticks`, (duty) => runs.add([duty], { attempts }), 1),
        backend.worker(name, (duty) => perform(handlers, duty), concurrency),
      ];
      return { close: async () => void (await Promise.all(workers.map((worker) => worker.close()))) };
    },
    counts: runs.counts,
    close: () => closeAll(runs, ticks),
  };
}

async function closeAll(...queues: readonly JobQueue[]): Promise<void> {
  await Promise.all(queues.map((queue) => queue.close()));
}

function written({ duty, subject = "" }: Duty): string {
  return subject === "" ? duty : `${duty} ${subject}`;
}

async function perform(handlers: Readonly<Record<string, DutyHandler>>, duty: string): Promise<void> {
  const [name = "", ...subject] = duty.split(" ");
  const handler = handlers[name];
  if (handler === undefined)
    throw new Error(`no handler for the duty ${name}: another version of the server asked for it`);
  await handler(subject.join(" "));
}
