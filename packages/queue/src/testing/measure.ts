/** Prints the figures of the README: `npm run measure -w packages/queue`. */
import { openQueues, type QueueOptions } from "../open-queues.ts";
import { startPostgres } from "./postgres-server.ts";
import { redisInstalled, startRedis, type TestServer } from "./redis-server.ts";

const clusters = 50_000;
const probes = 500;

async function measure(
  what: string,
  server: TestServer,
  options: Omit<QueueOptions, "prefix">,
): Promise<void> {
  const queues = await openQueues({ ...options, prefix: "measure" });

  const deliveries = queues.deliveries("throughput");
  const names = Array.from({ length: clusters }, (_, i) => `cluster-${i}`);
  const [enqueued] = await timed(() => deliveries.enqueue(names));
  const [repeated] = await timed(() => deliveries.enqueue(names));
  const all = Promise.withResolvers<void>();
  let [done, calls] = [0, 0];
  const [worked, worker] = await timed(async () => {
    const started = deliveries.work(
      async (batch) => {
        done += batch.length;
        calls += 1;
        if (done >= clusters) all.resolve();
        return [];
      },
      { concurrency: 4 },
    );
    await all.promise;
    return started;
  });
  await worker.close();

  const latencies: number[] = [];
  const latency = queues.deliveries("latency");
  let arrived = Promise.withResolvers<void>();
  const probe = latency.work(
    async () => {
      arrived.resolve();
      return [];
    },
    { concurrency: 4 },
  );
  for (let i = 0; i < probes; i += 1) {
    const [ms] = await timed(async () => {
      await Promise.all([latency.enqueue([`cluster-${i}`]), arrived.promise]);
    });
    latencies.push(ms);
    arrived = Promise.withResolvers<void>();
  }
  await probe.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => (latencies[Math.floor(share * probes)] ?? 0).toFixed(1);
  const rate = (ms: number) => `${Math.round((clusters / ms) * 1000)}/s`;
  console.log(
    `${what}: enqueue ${rate(enqueued)}, enqueue again what waits ${rate(repeated)}, run ${rate(worked)} (clusters, ${calls} jobs), enqueue→run p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  );
  await queues.close();
  await server.stop();
}

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}

if (redisInstalled) {
  const redis = await startRedis();
  await measure("Redis", redis, { redisUrl: redis.url });
}
const postgres = await startPostgres("on");
await measure("PostgreSQL", postgres, { databaseUrl: postgres.url });
