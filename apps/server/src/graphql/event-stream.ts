/** Beyond this many events that a subscriber has not taken, it is cut off: it must read everything again. */
const slowest = 1_000;

/**
 * Events as an async iterable for one subscriber, from now on. `subscribe` gets a function to push with and returns the one that ends it;
 * that is called as soon as the subscriber leaves, whether or not another event comes.
 */
export function eventStream<T>(
  subscribe: (push: (event: T) => void) => () => void,
): AsyncIterableIterator<T> {
  const waiting: T[] = [];
  const takers: PromiseWithResolvers<IteratorResult<T>>[] = [];
  const done = { done: true, value: undefined } as const;
  let open = true;
  const end = subscribe((value) => {
    const taker = takers.shift();
    if (taker !== undefined) taker.resolve({ done: false, value });
    else if (waiting.length <= slowest) waiting.push(value);
  });
  const close = () => {
    if (open) end();
    open = false;
    for (const taker of takers.splice(0)) taker.resolve(done);
    return Promise.resolve(done);
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (waiting.length > slowest) {
        void close();
        throw new Error("the subscriber is too slow: subscribe again and read what is there");
      }
      const [value] = waiting.splice(0, 1);
      if (value !== undefined) return { done: false, value };
      if (!open) return done;
      const taker = Promise.withResolvers<IteratorResult<T>>();
      takers.push(taker);
      return taker.promise;
    },
    return: close,
  };
}
