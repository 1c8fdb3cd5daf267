import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { JobCounts } from "./backends/backend.ts";
import { openQueues, type QueueOptions, type Queues } from "./open-queues.ts";
import { startPostgres } from "./testing/postgres-server.ts";
import { redisInstalled, startRedis, type TestServer } from "./testing/redis-server.ts";

interface Subject {
  readonly name: string;
  readonly available: boolean;
  start(): Promise<TestServer>;
  options(url: string): Omit<QueueOptions, "prefix">;
}

const subjects: readonly Subject[] = [
  {
    name: "PostgreSQL",
    available: true,
    start: () => startPostgres(),
    options: (databaseUrl) => ({ databaseUrl }),
  },
  {
    name: redisInstalled ? "Redis" : "Redis (skipped: redis-server is not installed)",
    available: redisInstalled,
    start: () => startRedis(),
    options: (redisUrl) => ({ redisUrl }),
  },
];

const soon = { timeout: 10_000, interval: 5 };

describe.each(subjects)("queues on $name", ({ available, start, options }) => {
  if (!available) {
    it.skip("needs the server");
    return;
  }
  let server: TestServer;
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function open(prefix = `t${randomUUID()}`): Promise<Queues> {
    const queues = await openQueues({ ...options(server.url), prefix });
    ends.push(queues.close);
    return queues;
  }
  function closed<T extends { close(): Promise<unknown> }>(worker: T): T {
    ends.push(() => worker.close());
    return worker;
  }

  describe("deliveries", () => {
    it("delivers each cluster that waits once, many to a call", async () => {
      const deliveries = (await open()).deliveries("r1");
      const clusters = Array.from({ length: 300 }, (_, i) => `cluster-${i}`);
      await deliveries.enqueue(clusters);
      await deliveries.enqueue([...clusters, "cluster-0", "cluster-0"]);
      const calls: (readonly string[])[] = [];
      closed(deliveries.work(async (names) => seeing(calls, names), { concurrency: 2 }));
      await idle(deliveries);
      expect(calls.flat().toSorted()).toEqual(clusters.toSorted());
      expect(calls.map(({ length }) => length).toSorted()).toEqual([250, 50]);
    });

    it("runs a cluster once more, and not beside itself, when it is enqueued while it runs", async () => {
      const deliveries = (await open()).deliveries("r1");
      const first = Promise.withResolvers<void>();
      let running = 0;
      let most = 0;
      const runs: (readonly string[])[] = [];
      const deliver = async (names: readonly string[]) => {
        running += 1;
        most = Math.max(most, running);
        runs.push(names);
        if (runs.length === 1) await first.promise;
        running -= 1;
        return [];
      };
      closed(deliveries.work(deliver, { concurrency: 4 }));
      await deliveries.enqueue(["a", "b"]);
      await vi.waitUntil(() => runs.length === 1, soon);
      for (let i = 0; i < 5; i += 1) await deliveries.enqueue(["a"]);
      first.resolve();
      await vi.waitUntil(() => runs.length === 2, soon);
      await idle(deliveries);
      expect({ runs, most }).toEqual({ runs: [["a", "b"], ["a"]], most: 1 });
    });

    it("goes on with the others while a call takes long", async () => {
      const deliveries = (await open()).deliveries("r1");
      const slow = Promise.withResolvers<void>();
      const done: string[] = [];
      const deliver = async (names: readonly string[]) => {
        if (names.includes("slow")) await slow.promise;
        done.push(...names);
        return [];
      };
      closed(deliveries.work(deliver, { concurrency: 2 }));
      await deliveries.enqueue(["slow"]);
      await deliveries.enqueue(["a", "b", "c"]);
      await vi.waitUntil(() => done.length === 3, soon);
      slow.resolve();
      await vi.waitUntil(() => done.includes("slow"), soon);
    });

    it("tries again what failed and nothing else, or all when the call rejects", async () => {
      const deliveries = (await open()).deliveries("r1");
      const calls: string[] = [];
      const deliver = async (names: readonly string[]) => {
        calls.push(names.join(" "));
        if (calls.length === 1) throw new Error("not yet");
        return calls.length === 2 ? ["bad"] : [];
      };
      closed(deliveries.work(deliver, { concurrency: 2 }));
      await deliveries.enqueue(["good", "bad"]);
      await vi.waitUntil(() => calls.length === 1, soon);
      // It waits to be tried again, so it is not added.
      await deliveries.enqueue(["good"]);
      await vi.waitUntil(() => calls.length === 3, soon);
      await idle(deliveries);
      expect(calls).toEqual(["good bad", "good bad", "bad"]);
      await deliveries.enqueue(["bad"]);
      await vi.waitUntil(() => calls.length === 4, soon);
    });

    it("adds a cluster again when its job must have been lost", async () => {
      let now = 0;
      const queues = await openQueues({ ...options(server.url), prefix: `t${randomUUID()}`, now: () => now });
      ends.push(queues.close);
      const deliveries = queues.deliveries("r1");
      await deliveries.enqueue(["a"]);
      await forgetEverything(server.url);
      await deliveries.enqueue(["a"]);
      expect((await deliveries.counts()).waiting).toBe(0);
      now = 5_000;
      await deliveries.enqueue(["a"]);
      const seen: string[] = [];
      closed(deliveries.work(async (names) => seeing(seen, ...names), { concurrency: 1 }));
      await vi.waitUntil(() => seen.includes("a"), soon);
    });

    it("keeps what waits for a worker that comes later, and what one leaves behind", async () => {
      const prefix = `t${randomUUID()}`;
      const first = await openQueues({ ...options(server.url), prefix });
      const seen: string[] = [];
      const worker = first.deliveries("r1").work(async (names) => seeing(seen, ...names), { concurrency: 1 });
      await first.deliveries("r1").enqueue(["a"]);
      await vi.waitUntil(() => seen.includes("a"), soon);
      await worker.close();
      await first.deliveries("r1").enqueue(["b"]);
      await first.close();
      const second = (await open(prefix)).deliveries("r1");
      closed(second.work(async (names) => seeing(seen, ...names), { concurrency: 1 }));
      await vi.waitUntil(() => seen.includes("b"), soon);
      expect(seen).toEqual(["a", "b"]);
    });

    it("keeps replicas apart, and forgets a dead one", async () => {
      const queues = await open();
      const [dead, alive] = [queues.deliveries("dead"), queues.deliveries("alive")];
      await dead.enqueue(["a", "b"]);
      await alive.enqueue(["c"]);
      await dead.destroy();
      expect(await dead.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
      expect(await alive.counts()).toMatchObject({ waiting: 1 });
      const seen: string[] = [];
      closed(alive.work(async (names) => seeing(seen, ...names), { concurrency: 1 }));
      await vi.waitUntil(() => seen.length > 0, soon);
      expect(seen).toEqual(["c"]);
      // The name can be used again.
      await dead.enqueue(["a"]);
      expect(await dead.counts()).toMatchObject({ waiting: 1 });
    });
  });

  describe("duties", () => {
    it("does a duty once, on whichever replica is free", async () => {
      const prefix = `t${randomUUID()}`;
      const [one, two] = [await open(prefix), await open(prefix)];
      const done: string[] = [];
      for (const { duties } of [one, two])
        closed(duties.work({ "renew-ca": async (subject) => void done.push(subject) }, { concurrency: 2 }));
      await Promise.all([
        one.duties.once({ duty: "renew-ca", subject: "mesh a" }, { delayMs: 100 }),
        two.duties.once({ duty: "renew-ca", subject: "mesh a" }, { delayMs: 100 }),
        two.duties.once({ duty: "renew-ca", subject: "mesh b" }),
      ]);
      await vi.waitUntil(() => done.length === 2, soon);
      await idle(one.duties);
      expect(done.toSorted()).toEqual(["mesh a", "mesh b"]);
    });

    it("repeats at its interval until cancelled, never beside itself", async () => {
      const prefix = `t${randomUUID()}`;
      const [one, two] = [await open(prefix), await open(prefix)];
      const release = Promise.withResolvers<void>();
      let [runs, running, most, tocks] = [0, 0, 0, 0];
      const poll = async () => {
        running += 1;
        runs += 1;
        most = Math.max(most, running);
        if (runs === 1) await release.promise;
        running -= 1;
      };
      const tock = async () => {
        tocks += 1;
      };
      for (const { duties } of [one, two]) closed(duties.work({ poll, tock }, { concurrency: 2 }));
      const duty = { duty: "poll" };
      await Promise.all([
        one.duties.every(duty, 40),
        two.duties.every(duty, 40),
        one.duties.every({ duty: "tock" }, 40),
      ]);
      // Several intervals pass while it runs, as the other duty shows.
      await vi.waitUntil(() => runs === 1 && tocks > 5, soon);
      expect(runs).toBe(1);
      release.resolve();
      await vi.waitUntil(() => runs >= 5, soon);
      expect(most).toBe(1);
      await Promise.all([one.duties.cancel(duty), two.duties.cancel({ duty: "tock" })]);
      await idle(one.duties);
      const ended = runs;
      await one.duties.once({ duty: "tock" });
      await idle(one.duties);
      expect(runs).toBeLessThanOrEqual(ended + 1);
    });

    it("tries a duty that fails three times in all, then leaves it", async () => {
      const { duties } = await open();
      let tries = 0;
      const fail = async () => {
        tries += 1;
        throw new Error("no");
      };
      closed(duties.work({ fail }, { concurrency: 1 }));
      await duties.once({ duty: "fail" });
      await vi.waitUntil(async () => (await duties.counts()).failed === 1, soon);
      expect(tries).toBe(3);
      // It can be asked for again.
      await duties.once({ duty: "fail" });
      await vi.waitUntil(() => tries > 3, soon);
    });
  });

  it("goes on after its connections were lost", async () => {
    const queues = await open();
    const deliveries = queues.deliveries("r1");
    const seen: string[] = [];
    closed(deliveries.work(async (names) => seeing(seen, ...names), { concurrency: 1 }));
    await deliveries.enqueue(["before"]);
    await vi.waitUntil(() => seen.includes("before"), soon);
    await dropConnections(server.url);
    await vi.waitUntil(
      () =>
        deliveries.enqueue(["after"]).then(
          () => true,
          () => false,
        ),
      soon,
    );
    await vi.waitUntil(() => seen.includes("after"), soon);
  });
});

/** Notes them; nothing failed. */
function seeing<T>(seen: T[], ...names: readonly T[]): readonly string[] {
  seen.push(...names);
  return [];
}

async function idle(queue: { counts(): Promise<JobCounts> }): Promise<void> {
  await vi.waitUntil(async () => Object.values(await queue.counts()).every((count) => count === 0), soon);
}

async function forgetEverything(url: string): Promise<void> {
  if (url.startsWith("redis")) {
    const { Redis } = await import("ioredis");
    const redis = new Redis(url);
    await redis.flushall();
    await redis.quit();
    return;
  }
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("TRUNCATE bullmq.job CASCADE");
  await client.end();
}

async function dropConnections(url: string): Promise<void> {
  if (url.startsWith("redis")) {
    const { Redis } = await import("ioredis");
    const redis = new Redis(url);
    await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await redis.quit();
    return;
  }
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
  );
  await client.end();
}

it("says what is missing without either URL, and hides the password of one that does not answer", async () => {
  await expect(openQueues({ prefix: "t" })).rejects.toMatchObject({ code: "QueueMisconfigured" });
  const failing = openQueues({ prefix: "t", databaseUrl: "postgresql://me:secret@127.0.0.1:1/x" });
  await expect(failing).rejects.toMatchObject({ code: "QueueUnavailable", retryable: true });
  await expect(failing).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
});
