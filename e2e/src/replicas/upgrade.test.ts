import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import pg from "pg";
import { expect, it } from "vitest";
import { allReached, startReaders, stopReaders, Writer } from "./numbered-writes.ts";
import { ReplicaSet } from "./replica-set.ts";

const released = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

/** A folder with the migrations of this program and one that it does not have: those of the program after it. */
async function nextMigrations(
  name: string,
  sql: string,
): Promise<{ readonly folder: string; readonly url: string }> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-migrations-"));
  await cp(released, folder, { recursive: true });
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, "migration.sql"), sql);
  return { folder, url: `${pathToFileURL(folder).href}/` };
}

it("replicas are upgraded one by one over a schema that grows, while agents are connected and writes go on", async () => {
  await using stack = new AsyncDisposableStack();
  const next = await nextMigrations(
    "99990101000000_expand_notes",
    "ALTER TABLE clusters ADD COLUMN note text;",
  );
  stack.defer(() => rm(next.folder, { recursive: true }));
  const set = stack.use(await ReplicaSet.open());
  const old = await set.start("old");
  const readers = await startReaders(set, 10);
  stack.defer(() => stopReaders(readers));
  const writer = new Writer(set);
  await writer.reached(5);

  await set.start("new", { migrations: next.url });
  expect(await columnsOf(set.databaseUrl, "clusters")).toContain("note");
  await writer.reached(writer.acknowledged + 10);
  // One of the old kind that restarts before the roll is over works on, too.
  const restarted = await set.start("restarted");
  await writer.reached(writer.acknowledged + 10);
  await set.end(old);
  await writer.reached(writer.acknowledged + 5);
  await set.end(restarted);
  const last = await writer.stop();
  await allReached(readers, last);
  expect(readers.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(readers.map(({ newest }) => newest)).toEqual(readers.map(() => last));
}, 90_000);

it("a replica refuses a schema that changed in more than it adds", async () => {
  await using stack = new AsyncDisposableStack();
  const next = await nextMigrations("99990101000000_contract_notes", "DROP TABLE IF EXISTS notes;");
  stack.defer(() => rm(next.folder, { recursive: true }));
  const set = stack.use(await ReplicaSet.open());
  await set.start("new", { migrations: next.url });
  await expect(set.start("old")).rejects.toThrow("MigrationMissing");
}, 60_000);

async function columnsOf(url: string, table: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1",
    [table],
  );
  await client.end();
  return rows.map(({ name }) => name);
}
