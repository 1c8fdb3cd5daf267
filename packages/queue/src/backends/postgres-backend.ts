import { createPostgresBackend, isPgPool, type PgPool, runMigrations } from "bullmq";
import pg from "pg";
import type { BullmqConnections } from "./bullmq-backend.ts";

/** Where BullMQ's tables live, beside Heddle's own; BullMQ takes no other name from a pool that it did not make. */
const schema = "bullmq";
/** Each worker keeps one to listen on; the rest are shared. */
const poolSize = 12;

/** A pool on the database at `url`, whose BullMQ schema is brought up to date first. */
export async function postgresConnections(url: string): Promise<BullmqConnections<PgPool>> {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // No promise depends on a job: it need not wait for the disk.
    options: `-c search_path=${schema} -c synchronous_commit=off`,
    application_name: "heddle queue",
  });
  // A broken connection fails its query and is replaced; without a listener its event would end the process, also while it is lent out.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const client = await pool.connect();
  try {
    await runMigrations(client, schema);
  } finally {
    client.release();
  }
  // The same at run time; the two packages write the overloads of `on` differently.
  if (!isPgPool(pool)) throw new TypeError("BullMQ does not take this version of pg");
  return { factory: createPostgresBackend, queues: pool, workers: pool, close: () => pool.end() };
}
