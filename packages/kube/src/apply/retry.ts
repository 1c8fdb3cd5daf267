import { Backoff } from "../backoff.ts";
import { KubeError } from "../client/kube-error.ts";
import type { Clock, Random } from "../clock.ts";

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly attempts: number;
  readonly signal: AbortSignal | undefined;
}

/** Tries again while the error says that it may help; the last error is thrown. */
export async function withRetries<T>(
  options: RetryOptions,
  attempt: () => Promise<T>,
  retryable: (error: unknown) => boolean = (error) => error instanceof KubeError && error.retryable,
): Promise<T> {
  const backoff = new Backoff({ baseMs: 200, capMs: 10_000, random: options.random });
  for (let left = options.attempts; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      options.signal?.throwIfAborted();
      if (left <= 1 || !retryable(error)) throw error;
      const asked = error instanceof KubeError ? error.retryAfterMs : undefined;
      await options.clock.sleep(backoff.next(asked), options.signal);
    }
  }
}
