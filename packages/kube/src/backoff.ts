import type { Random } from "./clock.ts";

export interface BackoffOptions {
  readonly baseMs: number;
  readonly capMs: number;
  readonly random: Random;
}

/** Exponential waiting times with jitter: the n-th lies between half and all of `min(cap, base · 2ⁿ)`. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** How long to wait after one more failure; never less than what the server asked for (`Retry-After`). */
  next(atLeastMs = 0): number {
    const { baseMs, capMs, random } = this.#options;
    const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.max(atLeastMs, ceiling / 2 + (ceiling / 2) * random());
  }

  reset(): void {
    this.#failures = 0;
  }
}
