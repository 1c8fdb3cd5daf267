/**
 * Makes one call of what is asked for one by one: while all `slots` are busy, items gather; a slot that comes free takes up to `most` of
 * them. Nothing waits for a batch to fill. Each item's promise settles with its batch.
 */
export function gather<T>(
  run: (items: readonly T[]) => Promise<void>,
  { slots, most }: { readonly slots: number; readonly most: number },
): (item: T) => Promise<void> {
  const waiting: { readonly item: T; readonly settle: PromiseWithResolvers<void> }[] = [];
  let busy = 0;

  const next = async () => {
    busy += 1;
    // What arrives in the same turn goes together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      try {
        await run(batch.map(({ item }) => item));
        for (const { settle } of batch) settle.resolve();
      } catch (error) {
        for (const { settle } of batch) settle.reject(error);
      }
    }
    busy -= 1;
  };

  return (item) => {
    const settle = Promise.withResolvers<void>();
    waiting.push({ item, settle });
    if (busy < slots) void next();
    return settle.promise;
  };
}
