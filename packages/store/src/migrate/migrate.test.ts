import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { execute, useTestServer } from "../testing/test-database.ts";
import { migrate } from "./migrate.ts";
import { type Migration, readMigrations } from "./migration-files.ts";

const server = useTestServer();

function migration(name: string, sql: string): Migration {
  return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
}
const one = migration("1_one", "CREATE TABLE one (id int)");
const two = migration("2_two", "CREATE TABLE two (id int); INSERT INTO two VALUES (1)");

describe("migrate", () => {
  it("applies each file once, in order, and records it as Prisma does", async () => {
    const url = await server.emptyDatabase();
    expect(await migrate(url, [one])).toEqual(["1_one"]);
    expect(await migrate(url, [one, two])).toEqual(["2_two"]);
    expect(await migrate(url, [one, two])).toEqual([]);
    const rows = await execute(
      url,
      `SELECT migration_name, checksum, applied_steps_count, finished_at IS NOT NULL AS finished, rolled_back_at, logs
       FROM _prisma_migrations ORDER BY started_at`,
    );
    const recorded = { applied_steps_count: 1, finished: true, rolled_back_at: null, logs: null };
    expect(rows).toEqual([
      { ...recorded, migration_name: "1_one", checksum: one.checksum },
      { ...recorded, migration_name: "2_two", checksum: two.checksum },
    ]);
  });

  it("applies them once when many processes start at once", async () => {
    const url = await server.emptyDatabase();
    const applied = await Promise.all(Array.from({ length: 10 }, () => migrate(url)));
    const names = (await readMigrations()).map(({ name }) => name);
    expect(applied.flat()).toEqual(names);
  });

  it("refuses a file that was edited after it was applied, and a database newer than the program", async () => {
    const url = await server.emptyDatabase();
    await migrate(url, [one, two]);
    await expect(migrate(url, [migration("1_one", `${one.sql};`), two])).rejects.toMatchObject({
      code: "MigrationEdited",
      message: expect.stringContaining("1_one"),
    });
    await expect(migrate(url, [one])).rejects.toMatchObject({ code: "MigrationMissing" });
  });

  it("lets an older program work on a database that was only expanded", async () => {
    const url = await server.emptyDatabase();
    await migrate(url, [one, migration("2_expand_notes", "ALTER TABLE one ADD COLUMN note text")]);
    expect(await migrate(url, [one])).toEqual([]);
    await execute(
      url,
      "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_expand_notes'",
    );
    await expect(migrate(url, [one])).rejects.toMatchObject({ code: "MigrationMissing" });
  });

  it("leaves nothing of a file that fails, and applies it once it is mended", async () => {
    const url = await server.emptyDatabase();
    const broken = migration("2_two", "CREATE TABLE half (id int); SELECT 1/0");
    await expect(migrate(url, [one, broken])).rejects.toMatchObject({ code: "MigrationFailed" });
    expect(
      await execute(url, "SELECT to_regclass('one')::text AS one, to_regclass('half')::text AS half"),
    ).toEqual([{ one: "one", half: null }]);
    expect(await migrate(url, [one, two])).toEqual(["2_two"]);
  });

  it("refuses what Prisma's CLI left unfinished, and passes over what it marked as rolled back", async () => {
    const url = await server.emptyDatabase();
    await migrate(url, [one]);
    await execute(
      url,
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, logs) VALUES ('x', $1, '2_two', 'syntax error')",
      [two.checksum],
    );
    await expect(migrate(url, [one, two])).rejects.toMatchObject({ code: "MigrationFailed" });
    await execute(url, "UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = 'x'");
    expect(await migrate(url, [one, two])).toEqual(["2_two"]);
  });
});
