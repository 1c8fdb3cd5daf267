import type { Clock } from "../clock.ts";

/** What changed since the last batch; a key is in one of the two. */
export interface Delta<T> {
  readonly upserts: ReadonlyMap<string, T>;
  readonly deletes: ReadonlySet<string>;
}

/**
 * Gathers changes and hands them over `windowMs` after the first one, or at once when `maxChanges` have gathered. The newest change of a
 * key wins.
 */
export class DeltaBatch<T> {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #maxChanges: number;
  readonly #emit: (delta: Delta<T>) => void;
  #upserts = new Map<string, T>();
  #deletes = new Set<string>();
  #timer: AbortController | undefined;

  constructor(options: {
    clock: Clock;
    windowMs: number;
    maxChanges: number;
    emit: (delta: Delta<T>) => void;
  }) {
    this.#clock = options.clock;
    this.#windowMs = options.windowMs;
    this.#maxChanges = options.maxChanges;
    this.#emit = options.emit;
  }

  upsert(key: string, value: T): void {
    this.#deletes.delete(key);
    this.#upserts.set(key, value);
    this.#changed();
  }

  delete(key: string): void {
    this.#upserts.delete(key);
    this.#deletes.add(key);
    this.#changed();
  }

  flush(): void {
    this.#timer?.abort();
    this.#timer = undefined;
    if (this.#upserts.size + this.#deletes.size === 0) return;
    const delta = { upserts: this.#upserts, deletes: this.#deletes };
    this.#upserts = new Map();
    this.#deletes = new Set();
    this.#emit(delta);
  }

  /** Forgets what has not been handed over. */
  discard(): void {
    this.#upserts.clear();
    this.#deletes.clear();
    this.flush();
  }

  #changed(): void {
    if (this.#upserts.size + this.#deletes.size >= this.#maxChanges) {
      this.flush();
    } else if (this.#timer === undefined) {
      const timer = new AbortController();
      this.#timer = timer;
      this.#clock.sleep(this.#windowMs, timer.signal).then(
        () => this.#timer === timer && this.flush(),
        () => {},
      );
    }
  }
}
