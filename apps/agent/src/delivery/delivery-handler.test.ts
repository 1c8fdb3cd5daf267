import type { BundleReport, ObjectProblem } from "@heddle/api";
import type { Delivery } from "@heddle/kube";
import { RelayError } from "@heddle/relay/agent";
import { beforeEach, expect, it } from "vitest";
import { DeliveryHandler } from "./delivery-handler.ts";
import { RetryTimer } from "./retry-timer.ts";

/** An applier that does what a test says, and a stream that may be away. */
let applied: Delivery[];
let answer: (bundle: string, hash: string) => ObjectProblem["code"] | undefined;
let gate: Promise<void> | undefined;
let sent: BundleReport[][];
let connected: boolean;
let due: { readonly ms: number; readonly work: () => void } | undefined;
let handler: DeliveryHandler;
let inventory: Map<string, string>;

beforeEach(() => {
  applied = [];
  answer = () => undefined;
  gate = undefined;
  sent = [];
  connected = true;
  due = undefined;
  inventory = new Map();
  const applier = {
    inventory: async () => inventory,
    async reconcile(delivery: Delivery): Promise<BundleReport[]> {
      applied.push(delivery);
      await gate;
      const report = (bundle: string, hash: string) => {
        const code = answer(bundle, hash);
        return {
          bundle,
          hash,
          revision: delivery.revision,
          objects: 1,
          problems: code ? [problem(code)] : [],
        };
      };
      return [
        ...delivery.upserts.map(({ id, hash }) => report(id, hash)),
        ...delivery.removes.map((id) => report(id, "")),
      ];
    },
  };
  handler = new DeliveryHandler({
    applier,
    client: () => ({
      async sendStatus(reports) {
        if (!connected) throw new RelayError("RELAY_CLOSED");
        sent.push([...reports]);
      },
    }),
    log: { warn: () => undefined },
    signal: new AbortController().signal,
    onApplied: () => undefined,
    timer: new RetryTimer({
      after: (ms, work) => {
        due = { ms, work };
        return () => {
          due = undefined;
        };
      },
    }),
  });
});

const object = "v1|ConfigMap|a|b" as const;
const problem = (code: ObjectProblem["code"]): ObjectProblem => ({ object, code, message: "no" });
const deliver = (bundles: Record<string, string>, removed: string[] = []) =>
  handler.deliver({
    id: "1",
    revision: 1,
    complete: false,
    bundles: Object.entries(bundles).map(([id, hash]) => ({ id, hash, objects: [] })),
    removed,
    rejected: [],
  });
const held = () => Object.fromEntries(handler.held().map(({ id, hash }) => [id, hash]));
const retried = () => applied.map(({ upserts, removes }) => [...upserts.map(({ hash }) => hash), ...removes]);

/** Runs the retry that is due, to its end. */
async function retry(): Promise<void> {
  const work = due?.work;
  due = undefined;
  expect(work).toBeDefined();
  const before = applied.length;
  work?.();
  await expect.poll(() => applied.length).toBeGreaterThan(before);
  await new Promise(setImmediate);
}

it("holds what it was delivered, what failed not as a whole, and tries that again with growing pauses", async () => {
  answer = (bundle) => (bundle === "bad" ? "Unavailable" : undefined);
  await deliver({ good: "h1", bad: "h1" });
  expect(held()).toEqual({ good: "h1", bad: "" });
  expect(due?.ms).toBe(5_000);
  await retry();
  expect(due?.ms).toBe(10_000);
  answer = () => undefined;
  await retry();
  expect(retried()).toEqual([["h1", "h1"], ["h1"], ["h1"]]);
  expect(sent.at(-1)).toMatchObject([{ bundle: "bad", problems: [] }]);
  expect(held()).toEqual({ good: "h1", bad: "h1" });
  expect(due).toBeUndefined();
});

it("does not try again what cannot pass by itself", async () => {
  answer = () => "Malformed";
  await deliver({ a: "h1" });
  expect(due).toBeUndefined();
});

it("tries a removal again, and says that something is left meanwhile", async () => {
  await deliver({ a: "h1" });
  answer = () => "Rejected";
  await deliver({}, ["a"]);
  expect(held()).toEqual({ a: "" });
  answer = () => undefined;
  await retry();
  expect(applied.at(-1)?.removes).toEqual(["a"]);
  expect(held()).toEqual({});
});

it.each([
  ["a newer version", { a: "h2" }, [], { a: "h2" }],
  ["a removal", {}, ["a"], {}],
])("a retry under way does not come back after %s", async (_what, bundles, removed, expected) => {
  answer = (_bundle, hash) => (hash === "h1" ? "Unavailable" : undefined);
  await deliver({ a: "h1" });
  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  due?.work();
  due = undefined;
  const next = deliver(bundles, removed);
  resolve();
  await next;
  await new Promise(setImmediate);
  expect(due).toBeUndefined();
  expect(held()).toEqual(expected);
});

it("tells what the cluster holds, incomplete bundles with an empty hash", async () => {
  inventory = new Map([
    ["whole", "h1"],
    ["half", ""],
  ]);
  await handler.recover();
  expect(held()).toEqual({ whole: "h1", half: "" });
});

it("asks for a bundle again that drifted while its content was not known, by not holding it", async () => {
  inventory = new Map([["a", "h1"]]);
  await handler.recover();
  handler.drifted({ bundle: "a", object, change: "deleted", outcome: "left", problem: problem("Drifted") });
  expect(sent).toMatchObject([[{ bundle: "a", hash: "", problems: [{ code: "Drifted" }] }]]);
  expect(held()).toEqual({ a: "" });
});

it("reports drift that stays under the hash it was applied with, and names each object once", async () => {
  await deliver({ a: "h1" });
  for (const change of ["changed", "deleted"] as const)
    handler.drifted({ bundle: "a", object, change, outcome: "left", problem: problem("Drifted") });
  expect(sent.at(-1)).toMatchObject([{ bundle: "a", hash: "h1", problems: [{ code: "Drifted" }] }]);
  expect(sent.at(-1)?.[0]?.problems).toHaveLength(1);
  expect(held()).toEqual({ a: "" });
});

it("does not hold what it could not report: the next stream settles it, whether it is wanted or not", async () => {
  await deliver({ a: "h1" });
  connected = false;
  handler.drifted({ bundle: "a", object, change: "changed", outcome: "left", problem: problem("Drifted") });
  await new Promise(setImmediate);
  expect(held()).toEqual({ a: "" });
});
