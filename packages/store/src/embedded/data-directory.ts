import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { StoreError } from "../store-error.ts";
import type { PostgresBinaries } from "./binaries.ts";
import type { OperatingUser } from "./operating-user.ts";

const run = promisify(execFile);
export const superuser = "heddle";

export interface DataDirectory {
  /** PostgreSQL's own directory. */
  readonly data: string;
  readonly password: string;
}

/**
 * Opens, or creates, the directory: `password` (0600) and `data/`. Creation is atomic: `data` appears by a rename when it is complete,
 * so a crash in between leaves nothing that looks like a database.
 */
export async function openDataDirectory(
  dataDir: string,
  binaries: PostgresBinaries,
  user: OperatingUser,
): Promise<DataDirectory> {
  const root = resolve(dataDir);
  const data = join(root, "data");
  const passwordFile = join(root, "password");
  // The folders above must stay open to the user that PostgreSQL runs as.
  await mkdir(dirname(root), { recursive: true });
  await mkdir(root, { recursive: true, mode: 0o700 });
  await own(root, user);
  const password = await keptPassword(passwordFile, user);
  if ((await contents(join(data, "PG_VERSION"))) !== undefined) return { data, password };

  const fresh = join(root, `data.${process.pid}.${randomBytes(4).toString("hex")}`);
  try {
    await run(
      binaries.initdb,
      [
        `--pgdata=${fresh}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-instructions",
      ],
      { ...user, cwd: root },
    );
    await rename(fresh, data);
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true });
    if ((await contents(join(data, "PG_VERSION"))) !== undefined) return { data, password };
    throw new StoreError("EmbeddedPostgresFailed", `cannot create a database in ${root}: ${reason(cause)}`, {
      cause,
    });
  }
  return { data, password };
}

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** What `postmaster.pid` says (lines 1 and 4); undefined without one. It may be stale. */
export async function recordedPostmaster(data: string): Promise<Postmaster | undefined> {
  const lines = (await contents(join(data, "postmaster.pid")))?.split("\n");
  return lines === undefined ? undefined : { pid: Number(lines[0]), port: Number(lines[3]) };
}

/**
 * Removes a `postmaster.pid` whose process number now belongs to something that is not PostgreSQL, which PostgreSQL itself cannot tell and
 * refuses. Containers restart with the same few numbers, so it happens. Elsewhere than on Linux the file is left to PostgreSQL.
 */
export async function clearReusedPid(data: string): Promise<void> {
  const recorded = await recordedPostmaster(data);
  if (recorded === undefined) return;
  const command = await contents(`/proc/${recorded.pid}/comm`);
  if (command !== undefined && command.trim() !== "postgres")
    await rm(join(data, "postmaster.pid"), { force: true });
}

async function keptPassword(file: string, user: OperatingUser): Promise<string> {
  const kept = await contents(file);
  if (kept !== undefined && kept !== "") return kept.trim();
  try {
    await writeFile(file, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
    await own(file, user);
  } catch {
    // Another process was first: its password is the one.
  }
  return (await readFile(file, "utf8")).trim();
}

async function own(path: string, { uid, gid }: OperatingUser): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

async function contents(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

function reason(cause: unknown): string {
  if (cause instanceof Error && "stderr" in cause && typeof cause.stderr === "string" && cause.stderr !== "")
    return cause.stderr.trim();
  return String(cause);
}
