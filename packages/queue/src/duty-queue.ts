import type { Backend, JobCounts, JobWorker } from "./backends/backend.ts";

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
  const runs = backend.queue<Duty>(name);
  const ticks = backend.queue<Duty>(`${name}-ticks`);
  const once = (duty: Duty, options: { readonly delayMs?: number } = {}) =>
    runs.add([{ data: duty, once: nameOf(duty) }], { attempts, ...options });
  return {
    once,
    every: (duty, intervalMs) => ticks.every(nameOf(duty), intervalMs, duty),
    cancel: (duty) => ticks.cancel(nameOf(duty)),
    work(handlers, { concurrency }) {
      const perform = async ({ duty, subject = "" }: Duty) => {
        const handler = handlers[duty];
        if (handler === undefined)
          throw new Error(`no handler for ${duty}: another version of the server asked for it`);
        await handler(subject);
        return undefined;
      };
      const tick = async (duty: Duty) => {
        await once(duty);
        return undefined;
      };
      const workers = [backend.worker(`${name}-ticks`, tick, 1), backend.worker(name, perform, concurrency)];
      return { close: () => closeAll(workers) };
    },
    counts: runs.counts,
    close: () => closeAll([runs, ticks]),
  };
}

function nameOf({ duty, subject }: Duty): string {
  return subject === undefined ? duty : `${duty} ${subject}`;
}

async function closeAll(all: readonly { close(): Promise<void> }[]): Promise<void> {
  await Promise.all(all.map((each) => each.close()));
}
