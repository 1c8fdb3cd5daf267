/**
 * `npm run migration -w packages/store -- NAME` writes the migration that leads from the committed `prisma/schema.prisma` to the one in
 * the working tree. Read it, and add what Prisma's language cannot say (checks, triggers, data), before it is committed.
 */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../embedded/embedded-postgres.ts";
import { migrationsDirectory } from "../migrate/migration-files.ts";
import { schemaSql } from "./schema-sql.ts";

const [name] = process.argv.slice(2);
if (name === undefined || !/^[a-z0-9_]+$/.test(name))
  throw new Error("usage: npm run migration -- name_in_snake_case");

const schemaFile = new URL("../schema.prisma", migrationsDirectory);
const committed = execFileSync("git", ["show", "HEAD:prisma/schema.prisma"], {
  cwd: new URL("../..", migrationsDirectory),
  encoding: "utf8",
});
const dataDir = await mkdtemp(join(tmpdir(), "heddle-migration-"));
const postgres = await startEmbeddedPostgres({ dataDir });
try {
  const sql = await schemaSql(postgres.url, committed, await readFile(schemaFile, "utf8"));
  const timestamp = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const folder = new URL(`${timestamp}_${name}/`, migrationsDirectory);
  await mkdir(folder);
  await writeFile(new URL("migration.sql", folder), sql);
  console.log(`wrote prisma/migrations/${timestamp}_${name}/migration.sql`);
} finally {
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}
process.exit();
