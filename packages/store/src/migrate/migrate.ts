import { randomUUID } from "node:crypto";
import pg from "pg";
import { StoreError } from "../store-error.ts";
import { isExpanding } from "./expanding.ts";
import { type Migration, readMigrations } from "./migration-files.ts";

/** The key that Prisma's own `migrate deploy` locks: whichever of the two runs, the other waits. */
const migrationLock = 72_707_369;

/** Prisma's table, column for column, so that its CLI understands a database that this runner migrated, and the reverse. */
const table = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

interface Applied {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/**
 * Brings the database up to the migrations given, one transaction a file; any number of processes may call it at once. Returns the names
 * of those that it applied.
 *
 * @throws StoreError MigrationEdited (a file differs from what was applied), MigrationMissing (the database is newer than this program, by
 *   more than what only adds, see `isExpanding`), MigrationFailed (a file failed, here or earlier by Prisma's CLI; nothing of it remains when it failed here)
 */
export async function migrate(url: string, migrations?: readonly Migration[]): Promise<readonly string[]> {
  const wanted = migrations ?? (await readMigrations());
  const client = new pg.Client({ connectionString: url, application_name: "heddle migrate" });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [migrationLock]);
    await client.query(table);
    const { rows } = await client.query<Applied>(
      `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
    );
    const pending = pendingMigrations(wanted, rows);
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    // Ends the session, and the lock with it.
    await client.end();
  }
}

function pendingMigrations(wanted: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const known = new Map(wanted.map((migration) => [migration.name, migration]));
  for (const { migration_name: name, checksum, finished } of applied) {
    const migration = known.get(name);
    if (migration === undefined && finished && isExpanding(name)) continue;
    if (migration === undefined)
      throw new StoreError(
        "MigrationMissing",
        `the database has ${name}, which this program does not know: it is older than the database`,
      );
    if (!finished)
      throw new StoreError(
        "MigrationFailed",
        `${name} was begun and not finished: repair it and mark it with \`prisma migrate resolve\``,
      );
    if (migration.checksum !== checksum)
      throw new StoreError(
        "MigrationEdited",
        `${name} was edited after it was applied: restore it and write a new migration`,
      );
    known.delete(name);
  }
  return [...known.values()];
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query("BEGIN");
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count) VALUES ($1, $2, now(), $3, 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw new StoreError("MigrationFailed", `${name} failed and was rolled back: ${String(cause)}`, {
      cause,
    });
  }
}
