/**
 * Measures a simulator in this process: memory, applies a second and the latency of watches.
 *
 *     node --expose-gc packages/kube-sim/dist/measure.js
 */
import { ContractClient } from "./contract/contract-client.ts";
import { configMap, must } from "./contract/contract-world.ts";
import { startKubeSim } from "./start-kube-sim.ts";

const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const say = (what: string, value: string): boolean => process.stdout.write(`${what}: ${value}\n`);

const first = await startKubeSim();
const afterFirst = heap();
say("resident memory of a process with one idle sim", mebibytes(process.memoryUsage().rss));
const begun = performance.now();
const others = await Promise.all(Array.from({ length: 20 }, () => startKubeSim()));
say("start of one more sim", `${((performance.now() - begun) / 20).toFixed(1)} ms`);
say("heap of one more idle sim", mebibytes((heap() - afterFirst) / 20));
for (const sim of others) await sim.close();

const client = new ContractClient(first);
const path = "/api/v1/namespaces/default/configmaps";
const count = 5_000;
const parallel = 16;
const before = heap();
const started = performance.now();
let next = 0;
await Promise.all(
  Array.from({ length: parallel }, async () => {
    for (let index = next++; index < count; index = next++) {
      const name = `applied-${index}`;
      await must(client.apply(`${path}/${name}`, "measure", configMap(name, { index: String(index) })));
    }
  }),
);
const seconds = (performance.now() - started) / 1000;
say("server-side applies of new ConfigMaps, client in the same process", `${Math.round(count / seconds)}/s`);
say("heap of one stored ConfigMap", `${Math.round((heap() - before) / count)} bytes`);

const listed = performance.now();
await client.get(path);
say(`list of ${count} ConfigMaps`, `${(performance.now() - listed).toFixed(1)} ms`);

const watch = await client.watch(path, {
  resourceVersion: String((await client.get(path)).body["resourceVersion"] ?? ""),
});
await watch.take(count);
const latencies: number[] = [];
for (let index = 0; index < 500; index++) {
  const sent = performance.now();
  const event = watch.next();
  await must(client.patch(`${path}/applied-${index}`, "merge", { data: { index: `changed-${index}` } }));
  await event;
  latencies.push(performance.now() - sent);
}
latencies.sort((a, b) => a - b);
const at = (part: number): string => `${(latencies[Math.floor(latencies.length * part)] ?? 0).toFixed(2)} ms`;
say("patch to watch event", `p50 ${at(0.5)}, p99 ${at(0.99)}`);
client.close();
await first.close();
