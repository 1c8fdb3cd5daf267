import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";

const firstMs = 500;
const capMs = 15_000;

/** Runs `work` until it succeeds, with growing pauses. Rejects only when aborted. */
export async function untilAnswered<T>(work: () => Promise<T>, log: Logger, signal: AbortSignal): Promise<T> {
  for (let pauseMs = firstMs; ; pauseMs = Math.min(pauseMs * 2, capMs)) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ err: error }, "the API server does not answer; trying again");
      await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal });
    }
  }
}
