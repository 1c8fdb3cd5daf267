import { expect, it } from "vitest";
import { gather } from "./gather.ts";

/** A handler whose calls end when the test says so. */
function held() {
  const calls: { items: readonly number[]; done: PromiseWithResolvers<void> }[] = [];
  const run = (items: readonly number[]) => {
    const done = Promise.withResolvers<void>();
    calls.push({ items, done });
    return done.promise;
  };
  return { calls, run, seen: () => calls.map(({ items }) => items) };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

it("takes together what comes together, and what gathers while all slots are busy", async () => {
  const { calls, run, seen } = held();
  const add = gather(run, { slots: 1, most: 3 });
  const first = [add(1), add(2)];
  await turn();
  const later = [add(3), add(4), add(5), add(6)];
  await turn();
  expect(seen()).toEqual([[1, 2]]);
  calls[0]?.done.resolve();
  await Promise.all(first);
  await turn();
  expect(seen()).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  calls[1]?.done.resolve();
  await turn();
  calls[2]?.done.resolve();
  await Promise.all(later);
  expect(seen()).toEqual([[1, 2], [3, 4, 5], [6]]);
});

it("fails those of the batch that failed, and goes on", async () => {
  const { calls, run } = held();
  const add = gather(run, { slots: 1, most: 1 });
  const [bad, good] = [add(1), add(2)];
  await turn();
  calls[0]?.done.reject(new Error("no"));
  await expect(bad).rejects.toThrow("no");
  await turn();
  calls[1]?.done.resolve();
  await good;
});

it("uses no more slots than there are", async () => {
  const { calls, run } = held();
  const add = gather(run, { slots: 2, most: 1 });
  const all = [1, 2, 3, 4].map(add);
  await turn();
  expect(calls).toHaveLength(2);
  for (let done = 0; done < 4; done += 1) {
    calls[done]?.done.resolve();
    await turn();
  }
  await Promise.all(all);
  expect(calls).toHaveLength(4);
});
