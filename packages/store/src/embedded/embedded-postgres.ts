import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { StoreError } from "../store-error.ts";
import { type PostgresBinaries, postgresBinaries } from "./binaries.ts";
import {
  clearReusedPid,
  type DataDirectory,
  openDataDirectory,
  recordedPostmaster,
  superuser,
} from "./data-directory.ts";
import { freePort } from "./free-port.ts";
import { type OperatingUser, operatingUser } from "./operating-user.ts";

export interface EmbeddedPostgresOptions {
  /** Survives restarts; belongs to one process at a time. */
  readonly dataDir: string;
  /** Wished for; another is taken when it is in use. */
  readonly port?: number;
  /** Server settings over the defaults, e.g. `{ fsync: "off" }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** Connection string of the database `postgres` as its owner. Contains the password. */
  readonly url: string;
  readonly pid: number;
  /** Ends the server and waits for it: clean within 10 s, otherwise at once (then the next start recovers). */
  stop(): Promise<void>;
}

const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  jit: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  // Logs stay small and free of contents: warnings only, one file a weekday, written over the week after.
  logging_collector: "on",
  log_filename: "postgres-%a.log",
  log_rotation_age: "1d",
  log_truncate_on_rotation: "on",
  log_min_messages: "warning",
  log_min_error_statement: "panic",
  log_checkpoints: "off",
};

/** The advisory lock that the owning process holds for as long as it lives; its connection's end frees it. */
const ownerLock = 0x4845_4444;
const startAttempts = 5;
const readyWithinMs = 60_000;
const cleanStopMs = 10_000;

/**
 * Starts PostgreSQL in `dataDir`, creating it the first time. A server that a killed process left behind is ended and started anew;
 * one that a living process owns is left alone.
 *
 * @throws StoreError DataDirectoryInUse, EmbeddedPostgresFailed
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const [binaries, user] = await Promise.all([postgresBinaries(), operatingUser()]);
  const directory = await openDataDirectory(options.dataDir, binaries, user);
  await endOrphan(directory);

  let failure = "";
  for (let attempt = 0; attempt < startAttempts; attempt += 1) {
    // A port lost between looking and binding, or backends of a killed server that are still going away: both pass.
    if (attempt > 0) await sleep(200 * attempt);
    await clearReusedPid(directory.data);
    const port = await freePort(options.port);
    const server = launch(
      binaries,
      user,
      { ...settings, ...options.settings, port: String(port) },
      directory.data,
    );
    const url = connectionString(directory.password, port);
    const owner = await takeOwnership(url, server);
    if (owner !== undefined) return handle(server, url, owner);
    failure = server.complaint();
  }
  throw new StoreError(
    "EmbeddedPostgresFailed",
    `PostgreSQL does not start in ${directory.data} (its log is in log/): ${failure}`,
  );
}

interface Server {
  readonly child: ChildProcess;
  /** The last of what it said on stderr before its log took over. */
  complaint(): string;
}

function launch(
  binaries: PostgresBinaries,
  user: OperatingUser,
  flags: Readonly<Record<string, string>>,
  data: string,
): Server {
  const child = spawn(
    binaries.postgres,
    ["-D", data, ...Object.entries(flags).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { ...user, cwd: data, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  const hear = (text: string) => {
    said = (said + text).slice(-2048);
  };
  child.stderr?.setEncoding("utf8").on("data", hear);
  child.on("error", (error) => hear(String(error)));
  return { child, complaint: () => said.trim() };
}

/** Waits until the server answers and holds the owner's lock; undefined when the server ended instead. */
async function takeOwnership(url: string, server: Server): Promise<pg.Client | undefined> {
  const deadline = Date.now() + readyWithinMs;
  while (Date.now() < deadline) {
    if (!running(server.child)) return undefined;
    const client = await connected(url);
    if (client !== undefined) {
      await client.query("SELECT pg_advisory_lock($1)", [ownerLock]);
      return client;
    }
    await sleep(30);
  }
  server.child.kill("SIGQUIT");
  return undefined;
}

function handle({ child }: Server, url: string, owner: pg.Client): EmbeddedPostgres {
  const endWithProcess = () => child.kill("SIGINT");
  process.once("exit", endWithProcess);
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      process.off("exit", endWithProcess);
      await owner.end().catch(() => undefined);
      if (!running(child)) return;
      const exited = once(child, "exit");
      const force = setTimeout(() => child.kill("SIGQUIT"), cleanStopMs);
      child.kill("SIGINT");
      await exited;
      clearTimeout(force);
    },
  };
}

/** A server running in the directory is either owned by a living process, which holds the lock, or nobody's. */
async function endOrphan({ data, password }: DataDirectory): Promise<void> {
  const recorded = await recordedPostmaster(data);
  if (recorded === undefined) return;
  const client = await connected(connectionString(password, recorded.port));
  if (client === undefined) return;
  try {
    const { rows } = await client.query<{ ours: boolean; free: boolean }>(
      "SELECT current_setting('data_directory') = $1 AS ours, pg_try_advisory_lock($2) AS free",
      [data, ownerLock],
    );
    if (rows[0]?.ours !== true) return;
    if (!rows[0].free)
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

function connectionString(password: string, port: number): string {
  return `postgresql://${superuser}:${password}@127.0.0.1:${port}/postgres`;
}

function running(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
