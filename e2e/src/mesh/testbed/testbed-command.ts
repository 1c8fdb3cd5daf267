/**
 * `npm run testbed -- up|status|down`: one or two clusters with a real Istio mesh, an application and Heddle on it, to play with.
 * `up` leaves a process behind (`serve`) that holds everything; `down` ends it, and removes what a crashed one has left.
 */
import { spawn } from "node:child_process";
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endDatabase } from "../../spine/heddle-processes.ts";
import { ensureBinaries } from "../../testbed/binaries.ts";
import { waitUntil } from "../../testbed/wait-until.ts";
import { meshAvailability } from "../istio/mesh-availability.ts";
import { ensureMeshBinaries } from "../istio/mesh-binaries.ts";
import { processMark, removeLeftovers } from "../network/claim.ts";
import { startTestbed } from "./testbed.ts";
import { described } from "./testbed-description.ts";
import { isSameLayout, type Layout, layoutFrom, layoutInWords } from "./testbed-layout.ts";
import { livingState, pidOf, type TestbedState, testbedFolder, writeState } from "./testbed-state.ts";

const log = join(testbedFolder, "log");
const temporary = join(testbedFolder, "tmp");
const say = (text: string) => process.stdout.write(`${text}\n`);
const complain = (text: string) => process.stderr.write(`${text}\n`);
const usage = "usage: npm run testbed -- up [--clusters 1|2] [--networks 1|2] | status | down";

const [command, ...flags] = process.argv.slice(2);
process.exitCode = await main();

async function main(): Promise<number> {
  const takesFlags = command === "up" || command === "serve";
  const layout = layoutFrom(flags);
  if (typeof layout === "string" || (!takesFlags && flags.length > 0)) {
    complain(typeof layout === "string" ? layout : `only \`up\` takes ${flags[0]}`);
    complain(usage);
    return 2;
  }
  switch (command) {
    case "up":
      return up(layout);
    case "status":
      return status();
    case "down":
      return down();
    case "serve":
      return serve(layout);
    default:
      complain(usage);
      return 2;
  }
}

async function up(layout: Layout): Promise<number> {
  const { available, reason } = await meshAvailability();
  if (!available) {
    complain(`there can be no real mesh here: ${reason}`);
    return 1;
  }
  const state = await livingState();
  if (state && !isSameLayout(state.layout, layout)) {
    complain(`a testbed of ${layoutInWords(state.layout)} is up; \`npm run testbed -- down\` removes it`);
    return 1;
  }
  if (state?.running) return status();
  const hasEnded = state ? async () => (await livingState()) === undefined : await startServing();
  say("bringing it up …");
  const outcome = await waitUntil(
    "the testbed is up",
    async () => ((await livingState())?.running ? "up" : (await hasEnded()) && "ended"),
    { timeoutMs: 180_000 },
  ).catch(() => "late");
  if (outcome === "up") return status();
  complain(`it did not come up:\n${await readFile(log, "utf8").catch(() => "its files are gone")}`);
  await down();
  return 1;
}

/** Starts the process that holds the testbed; returns how to ask whether it has ended. */
async function startServing(): Promise<() => Promise<boolean>> {
  await down();
  await ensureBinaries();
  await ensureMeshBinaries();
  await mkdir(temporary, { recursive: true, mode: 0o711 });
  const output = await open(log, "w", 0o600);
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), "serve", ...flags], {
    detached: true,
    stdio: ["ignore", output.fd, output.fd],
    env: { ...process.env, TMPDIR: temporary },
  });
  await output.close();
  server.unref();
  return async () => server.exitCode !== null || server.signalCode !== null;
}

async function status(): Promise<number> {
  const state = await livingState();
  if (state?.running) say(described(state.layout, state.running));
  else if (state) say(`a testbed of ${layoutInWords(state.layout)} is coming up`);
  else say("the testbed is not up; `npm run testbed -- up` brings it up");
  return state?.running ? 0 : 1;
}

async function down(): Promise<number> {
  const state = await livingState();
  if (state !== undefined) await end(state);
  await removeLeftovers();
  for (const folder of await readdir(temporary).catch(() => []))
    await endDatabase(join(temporary, folder, "data"));
  await rm(testbedFolder, { recursive: true, force: true, maxRetries: 10 });
  return 0;
}

/** What a killed one leaves is removed as after any crash, so one that is coming up is not waited for. */
async function end({ running, ...state }: TestbedState): Promise<void> {
  const pid = pidOf(state);
  const ended = async () => (await livingState()) === undefined;
  process.kill(pid, running ? "SIGTERM" : "SIGKILL");
  await waitUntil("it has ended", ended, { timeoutMs: 30_000 }).catch(async () => {
    process.kill(pid, "SIGKILL");
    await waitUntil("it was killed", ended);
  });
}

/** Holds everything until it is told to end. */
async function serve(layout: Layout): Promise<number> {
  const told = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
  const mark = (await processMark(process.pid)) ?? "";
  await writeState({ mark, layout });
  await using testbed = await startTestbed(layout);
  const running = {
    heddleConfig: testbed.heddle.environment["HEDDLE_CONFIG"] ?? "",
    kubectl: (await ensureBinaries()).kubectl,
    istioctl: (await ensureMeshBinaries()).istioctl,
    clusters: testbed.meshes.map(({ cluster, pods }) => ({
      name: cluster.name,
      kubeconfig: cluster.kubeconfigPath,
      pods: pods.map(({ spec, place }) => ({ name: `${spec.namespace}/${spec.name}`, ...place })),
    })),
  };
  await writeState({ mark, layout, running });
  await told;
  return 0;
}
