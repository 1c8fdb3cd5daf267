import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdtemp, open, rm, rmdir, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Why there can be no small disk on this machine; undefined when there can. */
export function smallDiskMissing(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "only root of Linux may mount a small disk";
  return spawnSync("unshare", ["--mount", "true"]).status === 0 ? undefined : "this container may not mount";
}

/** A disk in memory that a test can fill up and empty. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Takes all the room that is left. */
  fill(): Promise<void>;
  /** Gives back what `fill` took. */
  empty(): Promise<void>;
}

export async function mountSmallDisk(mebibytes: number): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), "heddle-disk-"));
  await run("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "heddle-test", path]);
  await chmod(path, 0o711);
  const ballast = join(path, "ballast");
  return {
    path,
    async fill() {
      const file = await open(ballast, "a");
      try {
        for (const piece of [1024 * 1024, 4096]) {
          const bytes = Buffer.alloc(piece, 1);
          while ((await statfs(path)).bavail * (await statfs(path)).bsize >= piece) await file.write(bytes);
        }
      } finally {
        await file.close();
      }
    },
    empty: () => rm(ballast, { force: true }),
    async [Symbol.asyncDispose]() {
      // Lazily: a database that was killed may still be going away.
      await run("umount", ["-l", path]);
      await rmdir(path);
    },
  };
}
