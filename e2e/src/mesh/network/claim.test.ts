import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { runCommand } from "../../testbed/kubectl.ts";
import { waitUntil } from "../../testbed/wait-until.ts";
import { meshAvailability } from "../istio/mesh-availability.ts";
import { removeLeftovers } from "./claim.ts";
import { openNetwork } from "./networks.ts";

const { available } = await meshAvailability();

describe.skipIf(!available)("a network on this machine", () => {
  it("leaves nothing behind when it is closed", async () => {
    const network = await openNetwork();
    const { space } = await network.addPod("a");
    const prefix = space.slice(0, -1);
    expect(await tracesOf(prefix)).toHaveLength(4);
    await network.close();
    expect(await tracesOf(prefix)).toEqual([]);
  });

  it("is removed by the next run when its own was killed, while that of a living run stays", async () => {
    await using mine = { network: await openNetwork(), [Symbol.asyncDispose]: () => mine.network.close() };
    const { space } = await mine.network.addPod("a");
    const module = new URL("./networks.ts", import.meta.url).href;
    const script = `
      const { openNetwork } = await import(${JSON.stringify(module)});
      const { space } = await (await openNetwork()).addPod("b");
      console.log(space);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let theirs = "";
    child.stdout.on("data", (chunk) => {
      theirs += String(chunk);
    });
    await waitUntil("the other run has its network", () => theirs.endsWith("\n"));
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    const prefix = theirs.trim().slice(0, -1);
    expect(await tracesOf(prefix)).toHaveLength(4);
    await removeLeftovers();
    expect(await tracesOf(prefix)).toEqual([]);
    expect(await tracesOf(space.slice(0, -1))).toHaveLength(4);
  });
});

/** Network namespaces, links and files that carry the prefix. */
async function tracesOf(prefix: string): Promise<string[]> {
  const [spaces, links] = await Promise.all([
    runCommand("ip", ["netns", "list"]),
    runCommand("ip", ["-o", "link", "show"]),
  ]);
  const names = [...`${spaces.stdout}\n${links.stdout}`.matchAll(/^(?:\d+: )?([a-z0-9-]+)/gm)].map(
    ([, name = ""]) => name,
  );
  const files = await readdir("/etc/netns").catch(() => []);
  return [...names, ...files].filter((name) => name.startsWith(prefix));
}
