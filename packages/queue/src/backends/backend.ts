/** What the queues need of BullMQ, whatever it stands on. Data is names only: it is stored as it is. */
export interface Backend {
  queue<Data>(name: string): JobQueue<Data>;
  /** Runs jobs of the queue, `concurrency` at once. */
  worker<Data>(name: string, run: RunJob<Data>, concurrency: number): JobWorker;
  /** After its queues and workers. */
  close(): Promise<void>;
}

/**
 * What it returns is what remains of the job, to be tried again with growing pauses; all of it when it rejects. On the `last` attempt that is
 * in vain.
 */
export type RunJob<Data> = (data: Data, attempt: { readonly last: boolean }) => Promise<Data | undefined>;

export interface JobOptions {
  /** Runs in all, the first included. */
  readonly attempts: number;
  readonly delayMs?: number;
}

export interface Job<Data> {
  readonly data: Data;
  /**
   * At most one job of this name waits and at most one runs: one added while it waits is dropped, one added while it runs makes it run once
   * more afterwards, never beside itself.
   */
  readonly once?: string;
}

export interface JobCounts {
  readonly waiting: number;
  readonly active: number;
  /** Waiting for their time: delayed, or to be tried again. */
  readonly delayed: number;
  readonly failed: number;
}

export interface JobQueue<Data> {
  add(jobs: readonly Job<Data>[], options: JobOptions): Promise<void>;
  /** Adds a job now and then at every interval, until cancelled; the same name with another interval changes it. */
  every(name: string, intervalMs: number, data: Data): Promise<void>;
  cancel(name: string): Promise<void>;
  counts(): Promise<JobCounts>;
  /** Deletes the queue with all jobs in it, running ones too. */
  destroy(): Promise<void>;
  close(): Promise<void>;
}

export interface JobWorker {
  /** Takes no more jobs and waits for those that run. */
  close(): Promise<void>;
}
