import { chmod, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandResult, runCommand } from "../../testbed/kubectl.ts";
import { waitUntil } from "../../testbed/wait-until.ts";
import { meshAvailability } from "../istio/mesh-availability.ts";
import type { TestbedState } from "./testbed-state.ts";

const { available } = await meshAvailability();
const program = fileURLToPath(new URL("./testbed-command.ts", import.meta.url));

describe.skipIf(!available)("npm run testbed", () => {
  let folder: string;

  beforeAll(async () => {
    // Not the machine's own testbed, which someone may be using.
    const own = await mkdtemp(join(tmpdir(), "heddle-command-"));
    // The database runs as a user of its own.
    await chmod(own, 0o711);
    folder = join(own, "testbed");
  });

  afterAll(async () => {
    await testbed("down");
    await rm(join(folder, ".."), { recursive: true, force: true });
  });

  it.each([
    ["up --networks 2", "--networks 2 needs --clusters 2: one cluster is in one network"],
    ["up --clusters many", "--clusters must be 1 or 2"],
    ["status --clusters 2", "only `up` takes --clusters"],
    ["upwards", "usage: npm run testbed -- up"],
  ])("%s is refused with a sentence", async (args, sentence) => {
    const { code, stderr } = await testbed(args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  it("up, status and down, after SIGKILL, too", { timeout: 240_000 }, async () => {
    expect(await testbed("status")).toMatchObject({ code: 1, stdout: expect.stringContaining("is not up") });
    const up = await testbed("up --clusters 2 --networks 2");
    expect(up).toMatchObject({ code: 0, stderr: "" });
    expect(up.stdout).toContain("two clusters, each on a network of its own");
    const state = JSON.parse(await readFile(join(folder, "state.json"), "utf8")) as TestbedState;
    for (const { kubeconfig } of state.running?.clusters ?? []) expect(up.stdout).toContain(kubeconfig);
    const [request = ""] = /for i in .* curl .*done/.exec(up.stdout) ?? [];
    const { stdout: answered } = await runCommand("sh", ["-c", request]);
    expect(new Set(answered.trim().split("\n"))).toEqual(new Set(['"cluster":"east"', '"cluster":"west"']));

    const other = await testbed("up --clusters 1");
    expect(other.code).toBe(1);
    expect(other.stderr).toContain("a testbed of two clusters, each on a network of its own is up");
    expect((await testbed("up --clusters 2 --networks 2")).stdout).toContain(request);

    const prefix = (state.running?.clusters[0]?.pods[0]?.space ?? "").split("-")[0];
    expect(await traces(`${prefix}-`)).not.toEqual([]);
    process.kill(Number(state.mark.split(" ")[0]), "SIGKILL");
    await waitUntil("it is not up", async () => (await testbed("status")).code === 1);
    expect((await testbed("down")).code).toBe(0);
    await waitUntil("no process is left", async () => (await processes()).length === 0);
    expect(await traces(`${prefix}-`)).toEqual([]);
    await expect(readdir(folder)).rejects.toThrow("ENOENT");
  });

  function testbed(args: string): Promise<CommandResult> {
    const env = { ...process.env, HEDDLE_TESTBED_FOLDER: folder };
    return runCommand(process.execPath, [program, ...args.split(" ")], "", env);
  }

  /** Ids of processes that were told of the testbed's folder. */
  async function processes(): Promise<string[]> {
    const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
    const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")));
    return ids.filter((_, index) => lines[index]?.includes(folder));
  }
});

/** Network namespaces, links and rules on this machine in which the prefix stands. */
async function traces(prefix: string): Promise<string[]> {
  const outputs = await Promise.all([
    runCommand("ip", ["netns", "list"]),
    runCommand("ip", ["-o", "link", "show"]),
    runCommand("iptables-save", []),
  ]);
  const lines = outputs.flatMap(({ stdout }) => stdout.split("\n"));
  return [...lines, ...(await readdir("/etc/netns"))].filter((line) => line.includes(prefix));
}
