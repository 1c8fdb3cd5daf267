import { mkdir, mkdtemp, open, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Something that is made once per version and kept: a binary, a set of CRD files. */
export interface Artifact {
  /** Folder name in the cache; carries the version. */
  readonly name: string;
  /** Makes the content inside an empty folder. */
  readonly make: (folder: string) => Promise<void>;
}

/** `$HEDDLE_TESTBED_CACHE`, else `$XDG_CACHE_HOME/heddle/testbed`, else `~/.cache/heddle/testbed`. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env["HEDDLE_TESTBED_CACHE"]) return env["HEDDLE_TESTBED_CACHE"];
  return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "heddle", "testbed");
}

export async function isCached(artifact: Artifact, root = cacheRoot()): Promise<boolean> {
  return exists(join(root, artifact.name));
}

/**
 * The artifact's folder, made on first use. A folder appears under its final name only when complete (rename), and a lock keeps two
 * runs from making the same thing twice; should the lock fail, the work is done twice and the result is still right.
 */
export async function ensureArtifact(artifact: Artifact, root = cacheRoot()): Promise<string> {
  const target = join(root, artifact.name);
  if (await exists(target)) return target;
  await mkdir(root, { recursive: true });
  await using _lock = await acquireLock(`${target}.lock`, artifact.name);
  if (await exists(target)) return target;
  const temporary = await mkdtemp(`${target}.partial-`);
  try {
    await artifact.make(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another run may have won after a stale lock was taken over.
    if (!(await exists(target))) throw error;
  }
  return target;
}

async function acquireLock(path: string, what: string): Promise<AsyncDisposable> {
  for (let waited = false; ; waited = true) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
    if (await holderIsGone(path)) {
      await rm(path, { force: true });
      continue;
    }
    if (!waited) process.stderr.write(`waiting for another run that makes ${what}…\n`);
    await delay(500);
  }
}

async function holderIsGone(path: string): Promise<boolean> {
  const pid = Number(await readFile(path, "utf8").catch(() => ""));
  // Empty: taken this instant, its writer has not written yet; unless it is old.
  if (!pid) {
    const info = await stat(path).catch(() => undefined);
    return info !== undefined && Date.now() - info.mtimeMs > 10_000;
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return hasCode(error, "ESRCH");
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
