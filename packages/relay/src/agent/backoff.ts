import type { RelayError } from "../relay-error.ts";

export interface BackoffOptions {
  /** Bound of the first wait, in ms; it doubles with each failure up to `capMs`. */
  readonly baseMs: number;
  readonly capMs: number;
  /** How long a stream must have lasted to count as a success, in ms. */
  readonly stableMs: number;
}

export const defaultBackoff: BackoffOptions = { baseMs: 500, capMs: 30_000, stableMs: 60_000 };

/**
 * Waits between attempts: full jitter (uniform in 0…bound) for what may pass, so that a returning server is not stormed; half the cap to the
 * cap for what only a person can mend; never less than the peer asked for, with jitter on top.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: () => number;
  #failures = 0;

  constructor(options: BackoffOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  /** The wait in ms after an attempt that ended with `error` and had a stream for `lastedMs`. */
  next(error: RelayError, lastedMs: number): number {
    const { baseMs, capMs, stableMs } = this.#options;
    if (lastedMs >= stableMs) this.#failures = 0;
    const bound = Math.min(capMs, baseMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 30);
    if (!error.retryable) return capMs * (0.5 + this.#random() / 2);
    return error.retryAfterMs + this.#random() * bound;
  }
}
