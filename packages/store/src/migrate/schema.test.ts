import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { schemaSql } from "../testing/schema-sql.ts";
import { execute, useTestServer } from "../testing/test-database.ts";

const server = useTestServer();
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const prismaFolder = path("../../../../prisma");
const schema = readFileSync(join(prismaFolder, "schema.prisma"), "utf8");

/** What Prisma's schema language can say of a table, as PostgreSQL understood it. Checks and triggers it cannot say. */
const structure = `
  SELECT c.table_name || '.' || c.column_name AS what,
         concat_ws(' ', c.data_type, c.udt_name, c.datetime_precision, c.is_nullable, c.column_default) AS definition
  FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name <> '_prisma_migrations'
  UNION ALL
  SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
  UNION ALL
  SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f') AND conrelid <> '_prisma_migrations'::regclass
  ORDER BY 1, 2`;

it("migrations come to what schema.prisma says", async () => {
  const migrated = await server.database();
  const wanted = await server.emptyDatabase();
  await execute(wanted, "CREATE TABLE _prisma_migrations ()");
  await execute(wanted, await schemaSql(wanted, undefined, schema));
  const found = await execute(migrated, structure);
  expect(found.length).toBeGreaterThan(100);
  expect(found).toEqual(await execute(wanted, structure));
});

it("the client is what Prisma generates from the schema, without its engine and without a network", () => {
  const root = mkdtempSync(join(tmpdir(), "heddle-generate-"));
  const generated = path("../gen");
  try {
    cpSync(join(prismaFolder, "schema.prisma"), join(root, "prisma", "schema.prisma"));
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        path("../../../../node_modules/prisma/build/index.js"),
        "generate",
        "--schema",
        join(root, "prisma", "schema.prisma"),
      ],
      {
        cwd: root,
        encoding: "utf8",
        env: {
          ...process.env,
          PRISMA_SCHEMA_ENGINE_BINARY: path("../../scripts/no-schema-engine.sh"),
          HTTPS_PROXY: "http://127.0.0.1:9",
          CHECKPOINT_DISABLE: "1",
        },
      },
    );
    expect(stderr).not.toContain("Error");
    expect(status).toBe(0);
    expect(contents(join(root, "packages", "store", "src", "gen"))).toEqual(contents(generated));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

/** File names and texts; the one line that names the machine's path to the schema, if any, is the same for all. */
function contents(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(folder.length), readFileSync(file, "utf8")]),
  );
}
