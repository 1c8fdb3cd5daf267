import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

/** The repository's `prisma/migrations`, seen from `src/migrate` and `dist/migrate` alike. */
export const migrationsDirectory = new URL("../../../../prisma/migrations/", import.meta.url);

export interface Migration {
  /** `<timestamp>_<what>`: the folder's name, and the order. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file in hex, as Prisma computes it. */
  readonly checksum: string;
}

/** All migrations in the order in which they apply. */
export async function readMigrations(directory: URL = migrationsDirectory): Promise<readonly Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(new URL(`${name}/migration.sql`, directory), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}
