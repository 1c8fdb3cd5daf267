import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../../testbed/artifact-cache.ts";
import { runCommand } from "../../testbed/kubectl.ts";
import { ip, must } from "./host-command.ts";

/** Where runs note what they hold on this machine; emptied by a reboot, as the kernel is of what they hold. */
const notes = "/run/heddle-mesh";

/** The second byte of a run's addresses, 10.N.0.0/16. */
const networks = Array.from({ length: 40 }, (_, index) => 11 + index);

/** One run's right to a network number, and with it to every name in the kernel that starts with `prefix`. */
export interface Claim {
  readonly network: number;
  /** Of bridges, veths (at most 15 characters with their number) and network namespaces. */
  readonly prefix: string;
  /** For its files; readable by the sidecars' user. */
  readonly folder: string;
  /** Removes all that carries the prefix, the folder, and the claim. */
  release(): Promise<void>;
}

/**
 * Takes a free network number. What dead runs left behind is removed first, so a crash costs nothing but the time to the next start.
 * @throws Error when every number is held by a run that lives
 */
export async function claimNetwork(): Promise<Claim> {
  await mkdir(notes, { recursive: true, mode: 0o755 });
  await removeLeftovers();
  for (const network of networks) {
    const note = noteOf(network);
    try {
      await writeFile(note, await ownMark(), { flag: "wx" });
    } catch (error) {
      if (hasCode(error, "EEXIST")) continue;
      throw error;
    }
    const folder = folderOf(network);
    await mkdir(folder, { recursive: true, mode: 0o755 });
    return { network, prefix: prefixOf(network), folder, release: () => removeAll(network, note) };
  }
  throw new Error(`all networks 10.${networks[0]}–${networks.at(-1)} are taken, see ${notes}`);
}

/** Removes what runs that are dead left behind; returns their network numbers. */
export async function removeLeftovers(): Promise<number[]> {
  const names = await readdir(notes).catch(() => []);
  const removed: number[] = [];
  for (const network of names.flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))) {
    const note = noteOf(network);
    if (await isAlive(await readFile(note, "utf8").catch(() => ""))) continue;
    // Of several that find it dead, one gets the note.
    const mine = `${note}.removed-by-${process.pid}`;
    if (
      !(await rename(note, mine).then(
        () => true,
        () => false,
      ))
    )
      continue;
    await removeAll(network, mine);
    removed.push(network);
  }
  return removed;
}

const noteOf = (network: number) => join(notes, String(network));
const folderOf = (network: number) => join(notes, `${network}.d`);
const prefixOf = (network: number) => `hdl${network}-`;

async function removeAll(network: number, note: string): Promise<void> {
  const prefix = prefixOf(network);
  const spaces = namesOf(await must("ip", ["-json", "netns", "list"]), prefix);
  for (const space of spaces) await endProcesses(space);
  const links = namesOf(await must("ip", ["-json", "link", "show"]), prefix, "ifname");
  await ip([...links.map((link) => `link del ${link}`), ...spaces.map((space) => `netns del ${space}`)], {
    force: true,
  });
  for (const space of spaces) await rm(join("/etc/netns", space), { recursive: true, force: true });
  await rm(folderOf(network), { recursive: true, force: true });
  await rm(note, { force: true });
}

/** Supervised processes end with their run; this is for what escaped. Each is killed by its id. */
async function endProcesses(space: string): Promise<void> {
  const { stdout } = await runCommand("ip", ["netns", "pids", space]);
  for (const pid of stdout.split("\n").filter((line) => line !== ""))
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch (error) {
      if (!hasCode(error, "ESRCH")) throw error;
    }
}

function namesOf(json: string, prefix: string, key = "name"): string[] {
  const entries = JSON.parse(json || "[]") as Record<string, string>[];
  return entries.flatMap((entry) => (entry[key]?.startsWith(prefix) ? [entry[key]] : []));
}

/**
 * A process id alone may be another's by now; with its start time (field 22 of proc_pid_stat(5)) it is nobody else's. A zombie is no
 * process any more, even where nobody collects it.
 */
export async function processMark(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === undefined || state === "Z" ? undefined : `${pid} ${rest[18]}`;
}

async function ownMark(): Promise<string> {
  return (await processMark(process.pid)) ?? String(process.pid);
}

async function isAlive(mark: string): Promise<boolean> {
  return mark !== "" && (await processMark(Number(mark.split(" ")[0]))) === mark;
}
