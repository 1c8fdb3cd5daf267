/** Beyond this many events that a subscriber has not taken, it is cut off: it must read everything again. */
const slowest = 1_000;

/**
 * Events as an async iterable for one subscriber. `subscribe` gets a function to push with and returns the one that ends it.
 */
export async function* eventStream<T>(
  subscribe: (push: (event: T) => void) => () => void,
): AsyncGenerator<T> {
  const waiting: T[] = [];
  let wake = (): void => undefined;
  const end = subscribe((event) => {
    waiting.push(event);
    wake();
  });
  try {
    for (;;) {
      if (waiting.length > slowest)
        throw new Error("the subscriber is too slow: subscribe again and read what is there");
      const next = waiting.shift();
      if (next !== undefined) {
        yield next;
        continue;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
  } finally {
    end();
  }
}
