/** What the queues need of BullMQ, whatever it stands on. */
export interface Backend {
  queue(name: string): JobQueue;
  /** Runs jobs of the queue, `concurrency` at once; a job whose promise rejects is tried again as it says. */
  worker(name: string, run: (subject: string) => Promise<void>, concurrency: number): JobWorker;
  /** After its queues and workers. */
  close(): Promise<void>;
}

export interface JobOptions {
  /** Runs in all, the first included. */
  readonly attempts: number;
  readonly delayMs?: number;
}

export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  /** Waiting for their time: delayed, or to be tried again. */
  readonly delayed: number;
  readonly failed: number;
}

/**
 * At most one job of a subject waits and at most one runs: one added while it waits is dropped, one added while it runs makes it run once
 * more afterwards, never beside itself.
 */
export interface JobQueue {
  add(subjects: readonly string[], options: JobOptions): Promise<void>;
  /** Adds a job of this subject now and then at every interval, until cancelled; again with another interval to change it. */
  every(subject: string, intervalMs: number, options: JobOptions): Promise<void>;
  cancel(subject: string): Promise<void>;
  counts(): Promise<JobCounts>;
  /** Deletes the queue with all jobs in it, running ones too. */
  destroy(): Promise<void>;
  close(): Promise<void>;
}

export interface JobWorker {
  /** Takes no more jobs and waits for those that run. */
  close(): Promise<void>;
}
