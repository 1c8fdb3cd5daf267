/** Prints the figures of the README: `npm run measure -w packages/store`. PostgreSQL runs with its durable settings. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../embedded/embedded-postgres.ts";
import { migrate } from "../migrate/migrate.ts";
import { openStore } from "../store.ts";
import { author, destinations, put } from "./samples.ts";

const dataDir = await mkdtemp(join(tmpdir(), "heddle-measure-"));
const postgres = await startEmbeddedPostgres({ dataDir });
await migrate(postgres.url);
const store = openStore({ url: postgres.url });
const listener = store.changes.subscribe(() => undefined);

async function timed(what: string, work: () => Promise<unknown>, count = 1, unit = ""): Promise<void> {
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  const rate = count > 1 ? `, ${Math.round((count / ms) * 1000)} ${unit}/s` : "";
  console.log(`${what.padEnd(64)} ${ms.toFixed(0).padStart(7)} ms${rate}`);
}

async function inTurn(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await work(index);
}

await inTurn(50, (i) => store.resources.applyBatch([put("warm", `${i + 1}s`)], author));
await timed(
  "applyBatch, 1 resource, one writer",
  () => inTurn(500, (i) => store.resources.applyBatch([put(`one-${i}`)], author)),
  500,
  "batches",
);
await timed(
  "applyBatch, 1 resource, 8 writers",
  () =>
    Promise.all(
      Array.from({ length: 8 }, (_, w) =>
        inTurn(250, (i) => store.resources.applyBatch([put(`w${w}-${i}`)], author)),
      ),
    ),
  2_000,
  "batches",
);
await timed(
  "applyBatch, 100 resources, one writer",
  () =>
    inTurn(50, (i) =>
      store.resources.applyBatch(
        Array.from({ length: 100 }, (_, r) => put(`b${i}-${r}`)),
        author,
      ),
    ),
  5_000,
  "resources",
);
const same = Array.from({ length: 1_000 }, (_, r) => put(`b${r % 50}-${Math.floor(r / 50)}`));
await timed("applyBatch, 1,000 resources, all unchanged", () => store.resources.applyBatch(same, author));

await store.clusters.register({ name: "measured", uid: "measured" });
const facts = destinations(10_000);
const apply = (full: boolean, upserts: typeof facts) =>
  store.inventory.applyDelta("measured", { full, upserts, deletes: [] });
await timed("applyDelta, 10,000 facts, the first time", () => apply(true, facts));
await timed("applyDelta, 10,000 facts in full, none changed", () => apply(true, facts));
const churned = facts.map((fact, i) => (i % 100 === 0 ? { ...fact, labels: { changed: "yes" } } : fact));
await timed("applyDelta, 10,000 facts in full, 1 % changed", () => apply(true, churned));
await timed("applyDelta, the 100 changed facts alone", () =>
  apply(
    false,
    facts.filter((_, i) => i % 100 === 0),
  ),
);
await store.clusters.remove("measured");

for (let c = 0; c < 100; c += 1) {
  await store.clusters.register({ name: `c${c}`, uid: `c${c}` });
  await store.inventory.applyDelta(`c${c}`, { full: true, upserts: destinations(1_000), deletes: [] });
}
const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
const before = heap();
let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().heapUsed / 2 ** 20);
}, 10);
const { revision } = await store.changes.since(0, 1);
const loaded: unknown[] = [];
await timed("snapshot.load, 1,000 services × 100 clusters", async () =>
  loaded.push(await store.snapshot.load()),
);
clearInterval(watch);
console.log(
  `  heap: ${before.toFixed(0)} MiB before, ${peak.toFixed(0)} MiB at most, ${heap().toFixed(0)} MiB with the snapshot`,
);
const head = await store.changes.revision();
await store.inventory.applyDelta("c7", { full: false, upserts: destinations(10, { v: "2" }), deletes: [] });
await timed("snapshot.since, 10 facts of one cluster changed", () => store.snapshot.since(head));
if (loaded.length === 0 || revision < 0) throw new Error("nothing was loaded");

listener.close();
await store.close();
await postgres.stop();
await rm(dataDir, { recursive: true, force: true });
