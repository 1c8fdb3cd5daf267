import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KubeSim, startKubeSim } from "@heddle/kube-sim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HeddleProcesses } from "../spine/heddle-processes.ts";
import type { SupervisedProcess } from "../testbed/supervised-process.ts";
import { waitUntil } from "../testbed/wait-until.ts";
import { buildShiftedClock, type ShiftedClock, shiftedClockMissing } from "./shifted-clock.ts";

const missing = shiftedClockMissing();

/** Servers whose clock is wrong, or whose agents' are: what counts is the difference. */
describe.skipIf(missing !== undefined)(`clocks apart${missing === undefined ? "" : ` (${missing})`}`, () => {
  let clock: ShiftedClock;
  let sim: KubeSim;
  let folder: string;
  let kubeconfig: string;
  beforeAll(async () => {
    clock = await buildShiftedClock();
    sim = await startKubeSim();
    folder = await mkdtemp(join(tmpdir(), "heddle-skew-"));
    kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, sim.kubeconfig());
  });
  afterAll(async () => {
    await sim?.close();
    await clock?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const connected = (agent: SupervisedProcess) =>
    waitUntil("the agent is connected", () => agent.log().includes('"phase":"connected"')).catch((error) => {
      throw new Error(`${String(error)}\n${agent.log()}`);
    });

  it("an agent 30 hours ahead enrols, and comes back by a certificate that has expired by its own clock only", async () => {
    await using heddle = await HeddleProcesses.start({ serverEnv: clock.ahead(-30) });
    const first = await heddle.startAgent("east", kubeconfig);
    await connected(first);
    await first.stop();
    await connected(heddle.runAgent("east", kubeconfig));
    expect((await heddle.ok(["status"])).stdout).toMatch(/east +Ready/);
  });

  it("an agent 3 hours behind says RELAY_CLOCK_SKEW and tries slowly, and connects once its clock is right", async () => {
    await using heddle = await HeddleProcesses.start({ serverEnv: clock.ahead(3) });
    const behind = await heddle.startAgent("east", kubeconfig);
    await waitUntil("it is said", () => behind.log().includes("RELAY_CLOCK_SKEW"));
    expect(Number(/"waitMs":(\d+)/.exec(behind.log())?.[1])).toBeGreaterThanOrEqual(15_000);
    expect(behind.running).toBe(true);
    await behind.stop();
    const { stdout } = await heddle.ok(["cluster", "register", "east", "--token-only"]);
    await connected(heddle.runAgent("east", kubeconfig, { HEDDLE_TOKEN: stdout.trim(), ...clock.ahead(3) }));
  });
});
