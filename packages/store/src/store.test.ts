import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { startEmbeddedPostgres } from "./embedded/embedded-postgres.ts";
import { migrate } from "./migrate/migrate.ts";
import { openStore } from "./store.ts";
import { author, put } from "./testing/samples.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

it("goes on when PostgreSQL is killed and comes back: nothing acknowledged is lost, nothing is written twice", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "heddle-store-"));
  ends.push(() => rm(dataDir, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir });
  ends.push(postgres.stop);
  await migrate(postgres.url);
  const store = openStore({ url: postgres.url, lookEveryMs: 50 });
  ends.push(store.close);
  const woken: number[] = [];
  store.changes.subscribe((revision) => woken.push(revision));

  const acknowledged: string[] = [];
  let writing = true;
  const writer = (async () => {
    for (let i = 0; writing; i += 1) {
      const outcome = await store.resources.applyBatch([put(`r${i}`)], author).catch(() => undefined);
      if (outcome !== undefined) acknowledged.push(`r${i}`);
    }
  })();
  await vi.waitUntil(() => acknowledged.length > 20);
  process.kill(postgres.pid, "SIGKILL");
  const before = acknowledged.length;
  await vi.waitUntil(() => acknowledged.length > before + 20, { timeout: 20_000 });
  writing = false;
  await writer;

  const { resources, revision } = await store.snapshot.load();
  const stored = new Set(resources.map(({ metadata }) => metadata.name));
  for (const name of acknowledged) expect(stored).toContain(name);
  expect(resources.every(({ metadata }) => metadata.generation === 1)).toBe(true);
  expect(revision).toBe(stored.size);
  await vi.waitUntil(() => woken.at(-1) === revision, { timeout: 10_000 });
});
