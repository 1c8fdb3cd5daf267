import { setTimeout as sleep } from "node:timers/promises";

/**
 * Does the work again and again, `everyMs` after it was last done, until the returned function is called; that resolves when nothing runs any
 * more. Failures are told and change nothing: what is done so is what catches up by itself.
 */
export function repeat(
  everyMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = (async () => {
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await work().catch(onError);
    }
  })();
  return () => {
    stopping.abort();
    return running;
  };
}
