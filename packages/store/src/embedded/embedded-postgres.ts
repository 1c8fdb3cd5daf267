import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { StoreError } from "../store-error.ts";
import { type PostgresBinaries, postgresBinaries } from "./binaries.ts";
import { clearReusedPid, openDataDirectory } from "./data-directory.ts";
import { freePort } from "./free-port.ts";
import { type OperatingUser, operatingUser } from "./operating-user.ts";
import { connectionString, endOrphan, takeOwnership } from "./ownership.ts";

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
  /** Another one after it ended by itself and was started again. */
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

const startAttempts = 5;
const cleanStopMs = 10_000;
const longestRevivalPauseMs = 5_000;

/**
 * Starts PostgreSQL in `dataDir`, creating it the first time. A server that a killed process left behind is ended and started anew;
 * one that a living process owns is left alone. One that ends by itself is started again at the same address, for as long as it takes.
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
    const flags = { ...settings, ...options.settings, port: String(port) };
    const start = () => launch(binaries, user, flags, directory.data);
    const server = start();
    const url = connectionString(directory.password, port);
    const owner = await owned(url, server);
    if (owner !== undefined) return keepRunning(url, { child: server.child, owner }, () => start().child);
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

interface Running {
  readonly child: ChildProcess;
  readonly owner: pg.Client;
}

/** Keeps it running at its address until it is told to stop: whatever ended it, it is started again, and its owner's lock taken again. */
function keepRunning(url: string, first: Running, again: () => ChildProcess): EmbeddedPostgres {
  let { child, owner } = first;
  let stopping = false;
  let reviving = Promise.resolve();
  const watch = () => {
    // It ends with the server, and also when the server has to recover from a fault of one of its processes.
    owner.once("end", () => {
      if (!stopping) reviving = revive();
    });
  };
  const revive = async () => {
    for (let attempt = 0; !stopping; attempt += 1) {
      const taken = await takeOwnership(url, () => running(child) && !stopping).catch(() => undefined);
      if (taken !== undefined) {
        owner = taken;
        return watch();
      }
      await sleep(Math.min(200 * 2 ** attempt, longestRevivalPauseMs));
      if (!stopping && !running(child)) child = again();
    }
  };
  watch();
  const endWithProcess = () => child.kill("SIGINT");
  process.once("exit", endWithProcess);
  return {
    url,
    get pid() {
      return child.pid ?? 0;
    },
    async stop() {
      stopping = true;
      process.off("exit", endWithProcess);
      await owner.end().catch(() => undefined);
      if (running(child)) {
        const exited = once(child, "exit");
        const force = setTimeout(() => child.kill("SIGQUIT"), cleanStopMs);
        child.kill("SIGINT");
        await exited;
        clearTimeout(force);
      }
      await reviving;
    },
  };
}

/** Waits until the server answers; the connection that holds the owner's lock, or undefined when the server ended instead. */
async function owned(url: string, { child }: Server): Promise<pg.Client | undefined> {
  const owner = await takeOwnership(url, () => running(child));
  if (owner === undefined) child.kill("SIGQUIT");
  return owner;
}

function running(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
