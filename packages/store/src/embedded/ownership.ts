import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { StoreError } from "../store-error.ts";
import { type DataDirectory, recordedPostmaster, superuser } from "./data-directory.ts";

/** The advisory lock that the owning process holds for as long as it lives; its connection's end frees it. */
const ownerLock = 0x4845_4444;
const readyWithinMs = 60_000;
const noticeWithinMs = 3_000;

/** Waits until the server answers and takes the owner's lock; undefined when it is not running any more, or too slow. */
export async function takeOwnership(url: string, running: () => boolean): Promise<pg.Client | undefined> {
  for (const deadline = Date.now() + readyWithinMs; running() && Date.now() < deadline; await sleep(30)) {
    const client = await connected(url);
    if (client === undefined) continue;
    await client.query("SELECT pg_advisory_lock($1)", [ownerLock]);
    return client;
  }
  return undefined;
}

/** A server running in the directory is either owned by a living process, which holds the lock, or nobody's. */
export async function endOrphan({ data, password }: DataDirectory): Promise<void> {
  const recorded = await recordedPostmaster(data);
  if (recorded === undefined) return;
  const client = await connected(connectionString(password, recorded.port));
  if (client === undefined) return;
  try {
    const { rows } = await client.query<{ directory: string }>(
      "SELECT current_setting('data_directory') AS directory",
    );
    if (rows[0]?.directory !== data) return;
    if (!(await freed(client)))
      throw new StoreError(
        "DataDirectoryInUse",
        `${data} is in use by another process (its PostgreSQL has pid ${recorded.pid}): stop that one, or choose another directory`,
      );
  } finally {
    await client.end().catch(() => undefined);
  }
  process.kill(recorded.pid, "SIGINT");
  while ((await recordedPostmaster(data))?.pid === recorded.pid) await sleep(30);
}

/** Whether the owner's lock is free; a server needs a moment to notice that its owner was killed. */
async function freed(client: pg.Client): Promise<boolean> {
  for (const deadline = Date.now() + noticeWithinMs; Date.now() < deadline; await sleep(100)) {
    const { rows } = await client.query<{ free: boolean }>("SELECT pg_try_advisory_lock($1) AS free", [
      ownerLock,
    ]);
    if (rows[0]?.free === true) return true;
  }
  return false;
}

async function connected(connectionString: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: 5_000,
    application_name: "heddle owner",
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    return undefined;
  }
}

export function connectionString(password: string, port: number): string {
  return `postgresql://${superuser}:${password}@127.0.0.1:${port}/postgres`;
}
