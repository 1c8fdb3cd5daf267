import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HeddleProcesses } from "../spine/heddle-processes.ts";
import { waitUntil } from "../testbed/wait-until.ts";
import { mountSmallDisk, type SmallDisk, smallDiskMissing } from "./small-disk.ts";

const missing = smallDiskMissing();

/** The embedded database on a disk that is full. */
describe.skipIf(missing !== undefined)(`a full disk${missing === undefined ? "" : ` (${missing})`}`, () => {
  let disk: SmallDisk | undefined;
  let heddle: HeddleProcesses;
  const acknowledged: string[] = [];

  beforeAll(async () => {
    disk = await mountSmallDisk(160);
    heddle = await HeddleProcesses.start({ dataDir: `${disk.path}/data` });
  });
  afterAll(async () => {
    await heddle?.[Symbol.asyncDispose]();
    await disk?.[Symbol.asyncDispose]();
  });

  const write = async (name: string) => {
    const outcome = await heddle.run(["apply", "-f", "-"], policies(name));
    if (outcome.code === 0) acknowledged.push(name);
    return outcome;
  };
  const stored = async () => {
    const { stdout } = await heddle.ok(["get", "tp", "-o", "name"]);
    return new Set(stdout.match(/(?<=\/)[a-z]+\d*(?=-0$)/gm));
  };

  it("refuses writes with a code, loses nothing and goes on once there is room again", async () => {
    expect((await write("before")).code).toBe(0);
    if (disk === undefined) throw new Error("there is no disk");
    await disk.fill();
    const refused = await waitUntil(
      "a write needs more room than there is",
      async () => {
        const outcome = await write(`during${acknowledged.length}`);
        return outcome.code !== 0 && outcome;
      },
      { timeoutMs: 60_000 },
    );
    expect(refused.stderr).toMatch(/^STORAGE_FULL: .*disk is full and nothing was written/);
    expect(await stored()).toEqual(new Set(acknowledged));
    await disk.empty();
    await waitUntil("writes work again", async () => (await write("after")).code === 0);
    expect(await stored()).toEqual(new Set(acknowledged));
  }, 120_000);
});

/** About 2 MiB of policies that compress badly. */
function policies(name: string): string {
  return Array.from(
    { length: 400 },
    (_, index) => `
apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata: {name: ${name}-${index}, annotations: {note: "${noise()}"}}
spec: {targets: [{name: reviews, namespace: shop}], defaults: {timeout: {request: 2s}}}
`,
  ).join("---\n");
}

function noise(): string {
  return Array.from({ length: 400 }, () => Math.random().toString(36).slice(2)).join("");
}
