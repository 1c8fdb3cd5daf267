import { hasRedis, startRedis } from "@heddle/server/testing";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { waitUntil } from "../testbed/wait-until.ts";
import { allReached, startReaders, stopReaders, Writer } from "./numbered-writes.ts";
import { type Replica, ReplicaSet } from "./replica-set.ts";

const agents = 30;
/** How long the agents of a killed replica may be without a server, in ms. */
const servedWithinMs = 5_000;

/** Real server processes on one real PostgreSQL; agents behind one address, under writes without pause. */
describe.each([
  { replicas: 2, redis: false },
  { replicas: 3, redis: true },
])("$replicas replicas, Redis: $redis", ({ replicas: count, redis }) => {
  it.skipIf(redis && !hasRedis)(
    "lose nothing when one is killed, and serve its agents within 5 s",
    async () => {
      await using stack = new AsyncDisposableStack();
      const cache = redis ? await startRedis() : undefined;
      if (cache !== undefined) stack.defer(() => cache.stop());
      const set = stack.use(await ReplicaSet.open());
      const names = ["a", "b", "c"].slice(0, count);
      const replicas: Replica[] = [];
      for (const name of names) replicas.push(await set.start(name, { redisUrl: cache?.url }));
      const duties = watchDuties(set.databaseUrl);
      stack.defer(duties.stop);
      const readers = await startReaders(set, agents);
      stack.defer(() => stopReaders(readers));
      const writer = new Writer(set);
      await writer.reached(20);
      await allReached(readers, 10);

      const [victim] = replicas;
      if (victim === undefined) throw new Error("no replica was started");
      const killedAt = performance.now();
      const before = writer.acknowledged;
      await set.end(victim, "SIGKILL");
      // A write that was under way at the kill may be older.
      await allReached(readers, before + 2);
      const served = readers.map(
        ({ arrivals }) => (arrivals.find(({ write }) => write >= before + 2)?.at ?? Infinity) - killedAt,
      );
      expect(Math.max(...served)).toBeLessThan(servedWithinMs);

      await writer.reached(before + 30);
      const last = await writer.stop();
      await allReached(readers, last);
      expect(readers.flatMap(({ wrong }) => wrong)).toEqual([]);
      expect(readers.map(({ newest }) => newest)).toEqual(readers.map(() => last));
      // The dead one is cleared up after once, by one of the living.
      const [living] = set.replicas;
      if (living === undefined) throw new Error("nobody lives");
      await waitUntil("all clusters are known as connected and in sync", async () => {
        const { clusters } = await set.ask<{
          clusters: { status: { connected: boolean; inSync: boolean } }[];
        }>(living, "{ clusters { status { connected inSync } } }");
        return (
          clusters.length === agents && clusters.every(({ status }) => status.connected && status.inSync)
        );
      });
      await waitUntil(
        "the dead replica is buried",
        async () => !(await duties.replicas()).some((name) => name.startsWith("a-")),
      );
      if (!redis) expect(duties.mostAtOnce()).toBe(1);
      process.stdout.write(
        `${count} replicas: agents served ${Math.round(Math.min(...served))}–${Math.round(Math.max(...served))} ms after the kill, ${last + 1} writes, ${writer.failures} asked again\n`,
      );
    },
    120_000,
  );
});

it("a replica that was taken for dead, because it stood still, comes back without harm", async () => {
  await using stack = new AsyncDisposableStack();
  const set = stack.use(await ReplicaSet.open());
  const sleeper = await set.start("sleeper");
  const other = await set.start("other");
  const readers = await startReaders(set, 6);
  stack.defer(() => stopReaders(readers));
  const duties = watchDuties(set.databaseUrl);
  stack.defer(duties.stop);
  const apply = (replica: Replica, write: number) =>
    set.ask(replica, Writer.mutation, Writer.variables(write));
  await apply(other, 0);
  await allReached(readers, 0);
  sleeper.process.kill("SIGSTOP");
  await waitUntil(
    "it is taken for dead",
    async () => !(await duties.replicas()).some((name) => name.startsWith("sleeper-")),
  );
  await apply(other, 1);
  sleeper.process.kill("SIGCONT");
  await allReached(readers, 1);
  await apply(sleeper, 2);
  await allReached(readers, 2);
  expect(readers.flatMap(({ wrong }) => wrong)).toEqual([]);
  await waitUntil("it says again that it lives", async () =>
    (await duties.replicas()).some((name) => name.startsWith("sleeper-")),
  );
}, 60_000);

/** Looks into the database again and again: how many duties of one name run at once, and who says that it lives. */
function watchDuties(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on("error", () => undefined);
  let most = 0;
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const { rows } = await pool
        .query<{ running: number }>(
          `SELECT coalesce(max(running), 0)::int AS running FROM (
             SELECT count(*) AS running FROM bullmq.job
             WHERE queue = 'heddle-duties' AND state = 'active' GROUP BY data) AS duties`,
        )
        .catch(() => ({ rows: [] }));
      most = Math.max(most, rows[0]?.running ?? 0);
    }
  })();
  return {
    mostAtOnce: () => most,
    async replicas(): Promise<string[]> {
      const { rows } = await pool.query<{ id: string }>("SELECT id FROM replicas");
      return rows.map(({ id }) => id);
    },
    async stop(): Promise<void> {
      stopped = true;
      await watching;
      await pool.end();
    },
  };
}
