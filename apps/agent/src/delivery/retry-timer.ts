export interface RetryTimerOptions {
  /** The first pause, in ms; each further one is twice as long. */
  readonly firstMs?: number;
  readonly capMs?: number;
  /** Calls `work` once after that many ms; the result calls it off. */
  readonly after?: (ms: number, work: () => void) => () => void;
}

/** One pending retry at a time, with growing pauses: 5 s doubling to 5 min unless told. */
export class RetryTimer {
  readonly #firstMs: number;
  readonly #capMs: number;
  readonly #after: (ms: number, work: () => void) => () => void;
  #nextMs: number;
  #callOff: (() => void) | undefined;
  #stopped = false;

  constructor({ firstMs = 5_000, capMs = 300_000, after = afterTimeout }: RetryTimerOptions = {}) {
    this.#firstMs = firstMs;
    this.#capMs = capMs;
    this.#after = after;
    this.#nextMs = firstMs;
  }

  /** Tries again after the next pause, unless a retry is pending already. `work` must not reject. */
  later(work: () => Promise<void>): void {
    if (this.#stopped || this.#callOff !== undefined) return;
    this.#callOff = this.#after(this.#nextMs, () => {
      this.#callOff = undefined;
      void work();
    });
    this.#nextMs = Math.min(this.#nextMs * 2, this.#capMs);
  }

  /** Something new has failed: begins with the shortest pause again. */
  restart(work: () => Promise<void>): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#nextMs = this.#firstMs;
    this.later(work);
  }

  stop(): void {
    this.#stopped = true;
    this.#callOff?.();
  }
}

function afterTimeout(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms).unref();
  return () => clearTimeout(timer);
}
