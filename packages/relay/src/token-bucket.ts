export interface Rate {
  /** Attempts that may come at once. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Most addresses remembered; past that the longest quiet is forgotten, which is the one nearest to a full bucket. */
const mostKeys = 10_000;

/** Token buckets by key, in bounded memory. */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes one token of `key`; false when there is none. */
  take(key: string): boolean {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: this.#rate.burst, at: now };
    const refilled = bucket.tokens + ((now - bucket.at) / 1000) * this.#rate.perSecond;
    const tokens = Math.min(this.#rate.burst, refilled);
    const allowed = tokens >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > mostKeys) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return allowed;
  }
}
