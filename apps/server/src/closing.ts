import type { Logger } from "pino";

/** Longest that one step may take, in ms, unless said otherwise: a replica ends although what it speaks with is away. */
const stepWithinMs = 15_000;

interface Step {
  readonly close: () => unknown;
  readonly withinMs: number;
}

/** Everything that was opened, to be closed in reverse order, also when starting fails half-way. */
export class Closing {
  readonly #steps: Step[] = [];

  add(close: () => unknown, withinMs = stepWithinMs): void {
    this.#steps.push({ close, withinMs });
  }

  async run(log: Logger): Promise<void> {
    for (const { close, withinMs } of this.#steps.splice(0).reverse()) {
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(new Error(`it takes over ${withinMs} ms`)), withinMs);
      try {
        await Promise.race([close(), late.promise]);
      } catch (error) {
        log.warn({ err: error }, "closing failed in part");
      } finally {
        clearTimeout(timer);
      }
    }
  }
}
