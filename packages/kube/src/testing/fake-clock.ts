import type { Clock } from "../clock.ts";

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { due: this.#now + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  /** How far away the moments are that somebody waits for, nearest first. */
  get waits(): number[] {
    return [...this.#sleepers].map((sleeper) => sleeper.due - this.#now).toSorted((a, b) => a - b);
  }

  /** Moves time on and wakes, in order, whoever waited for a moment up to then, also those who begin to wait on the way. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    for (;;) {
      const due = [...this.#sleepers]
        .filter((sleeper) => sleeper.due <= target)
        .toSorted((a, b) => a.due - b.due)[0];
      if (!due) break;
      this.#now = due.due;
      this.#sleepers.delete(due);
      due.wake();
      await settle();
    }
    this.#now = target;
    await settle();
  }
}

/** Lets everything go on that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
