import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { startEmbeddedPostgres } from "../embedded/embedded-postgres.ts";
import { migrate } from "../migrate/migrate.ts";
import { openStore, type Store, type StoreOptions } from "../store.ts";

/** One PostgreSQL for the test file. Nothing it holds has to survive. */
export function useTestServer() {
  const server = { url: "" };
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "heddle-store-"));
    ends.unshift(() => rm(dataDir, { recursive: true, force: true }));
    const postgres = await startEmbeddedPostgres({
      dataDir,
      settings: { fsync: "off", full_page_writes: "off", max_connections: "200" },
    });
    ends.unshift(postgres.stop);
    server.url = postgres.url;
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });

  let template: Promise<string> | undefined;
  const emptyDatabase = (from = "template1") => createDatabase(server.url, from);
  return {
    emptyDatabase,
    /** A database of its own, migrated; copied from one that was migrated once. */
    async database(): Promise<string> {
      template ??= migratedTemplate(server.url);
      return emptyDatabase(await template);
    },
    /** A store on a database of its own; closed after the file. */
    async store(options: Omit<Partial<StoreOptions>, "url"> = {}): Promise<Store & { readonly url: string }> {
      const url = await this.database();
      const store = openStore({ url, poolSize: 60, ...options });
      ends.unshift(store.close);
      return { ...store, url };
    },
  };
}

async function migratedTemplate(serverUrl: string): Promise<string> {
  const url = await createDatabase(serverUrl, "template1");
  await migrate(url);
  return databaseName(url);
}

async function createDatabase(serverUrl: string, template: string): Promise<string> {
  const name = `t${randomBytes(6).toString("hex")}`;
  await execute(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return url.href;
}

function databaseName(url: string): string {
  return new URL(url).pathname.slice(1);
}

/** Runs SQL on a connection of its own. */
export async function execute<Row extends object>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
