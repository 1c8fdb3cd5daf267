import { setTimeout as delay } from "node:timers/promises";

/** The only way this package meets time, so that tests can move it. */
export interface Clock {
  /** Milliseconds since some fixed moment; only grows. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  },
};

/** A number in [0, 1). */
export type Random = () => number;
