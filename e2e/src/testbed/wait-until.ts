import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again every 50 ms until the answer is neither undefined nor false. A throwing question counts as "not yet"; its last error is the
 * cause of the timeout error.
 */
export async function waitUntil<T>(
  what: string,
  ask: () => T | Promise<T>,
  options: { timeoutMs?: number } = {},
): Promise<Exclude<Awaited<T>, undefined | false>> {
  const timeoutMs = options.timeoutMs ?? 20_000;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer as Exclude<Awaited<T>, undefined | false>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(50);
  }
  throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause });
}
