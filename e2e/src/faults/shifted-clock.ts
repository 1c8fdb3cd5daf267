import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("./shifted-clock.c", import.meta.url));

/** Why no process can be given another time here; undefined when it can. */
export function shiftedClockMissing(): string | undefined {
  if (process.platform !== "linux") return "only Linux lets a process be given another time";
  return spawnSync("cc", ["--version"]).status === 0 ? undefined : "needs a C compiler";
}

/** A time of their own for processes, in all that they ask: JavaScript, TLS, everything. */
export interface ShiftedClock extends AsyncDisposable {
  /** Environment of a process whose clock is so many hours ahead of this machine's. */
  ahead(hours: number): NodeJS.ProcessEnv;
}

export async function buildShiftedClock(): Promise<ShiftedClock> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-clock-"));
  const library = join(folder, "shifted-clock.so");
  const { status, stderr } = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source]);
  if (status !== 0) throw new Error(`shifted-clock.c does not compile: ${stderr}`);
  return {
    ahead: (hours) => ({ LD_PRELOAD: library, CLOCK_OFFSET_SECONDS: String(Math.round(hours * 3600)) }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
