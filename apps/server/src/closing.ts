import type { Logger } from "pino";

/** Everything that was opened, to be closed in reverse order, also when starting fails half-way. */
export class Closing {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  async run(log: Logger): Promise<void> {
    for (const step of this.#steps.splice(0).reverse())
      try {
        await step();
      } catch (error) {
        log.warn({ err: error }, "closing failed in part");
      }
  }
}
