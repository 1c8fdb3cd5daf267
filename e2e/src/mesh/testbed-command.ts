/**
 * `npm run testbed -- up|status|down`: a cluster with a real Istio mesh, a small application and Heddle on it, to play with.
 * `up` leaves a process behind (`serve`) that holds everything; `down` ends it, and removes what a crashed one has left.
 */
import { spawn } from "node:child_process";
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endDatabase, HeddleProcesses } from "../spine/heddle-processes.ts";
import { ensureBinaries } from "../testbed/binaries.ts";
import { startCluster } from "../testbed/cluster.ts";
import { waitUntil } from "../testbed/wait-until.ts";
import { processMark, removeLeftovers } from "./claim.ts";
import { Mesh } from "./mesh.ts";
import { meshAvailability } from "./mesh-availability.ts";
import { ensureMeshBinaries } from "./mesh-binaries.ts";
import { pods, services } from "./shop.ts";
import { pidOf, runningState, type TestbedState, testbedFolder, writeState } from "./testbed-state.ts";

const log = join(testbedFolder, "log");
const temporary = join(testbedFolder, "tmp");
const say = (text: string) => process.stdout.write(`${text}\n`);

process.exitCode = await main(process.argv[2]);

async function main(command: string | undefined): Promise<number> {
  switch (command) {
    case "up":
      return up();
    case "status":
      return status();
    case "down":
      return down();
    case "serve":
      return serve();
    default:
      process.stderr.write("usage: npm run testbed -- up|status|down\n");
      return 2;
  }
}

async function up(): Promise<number> {
  const { available, reason } = await meshAvailability();
  if (!available) {
    process.stderr.write(`there can be no real mesh here: ${reason}\n`);
    return 1;
  }
  if ((await runningState()) === undefined) {
    await down();
    await ensureBinaries();
    await ensureMeshBinaries();
    await mkdir(temporary, { recursive: true, mode: 0o711 });
    const output = await open(log, "w", 0o600);
    const server = spawn(process.execPath, [fileURLToPath(import.meta.url), "serve"], {
      detached: true,
      stdio: ["ignore", output.fd, output.fd],
      env: { ...process.env, TMPDIR: temporary },
    });
    await output.close();
    say("bringing it up …");
    const outcome = await waitUntil(
      "the testbed is up",
      async () => (server.exitCode === null ? (await runningState()) && "up" : "ended"),
      { timeoutMs: 180_000 },
    ).catch(() => "late");
    server.unref();
    if (outcome !== "up") {
      process.stderr.write(`it did not come up:\n${await readFile(log, "utf8")}`);
      if (server.exitCode === null) server.kill("SIGTERM");
      return 1;
    }
  }
  return status();
}

async function status(): Promise<number> {
  const state = await runningState();
  if (state === undefined) {
    say("the testbed is not up; `npm run testbed -- up` brings it up");
    return 1;
  }
  say(described(state));
  return 0;
}

async function down(): Promise<number> {
  const state = await runningState();
  if (state !== undefined) {
    process.kill(pidOf(state), "SIGTERM");
    await waitUntil("it has ended", async () => (await runningState()) === undefined, {
      timeoutMs: 30_000,
    }).catch(() => process.kill(pidOf(state), "SIGKILL"));
  }
  await removeLeftovers();
  for (const folder of await readdir(temporary).catch(() => []))
    await endDatabase(join(temporary, folder, "data"));
  await rm(testbedFolder, { recursive: true, force: true, maxRetries: 10 });
  return 0;
}

/** Holds everything until it is told to end. */
async function serve(): Promise<number> {
  const told = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
  await using heddle = await HeddleProcesses.start();
  await using cluster = await startCluster({ name: "testbed" });
  await using mesh = await Mesh.start(cluster, { pods, services });
  await heddle.startAgent("testbed", cluster.kubeconfigPath);
  await waitUntil("Heddle has found the application", async () =>
    (await heddle.ok(["get", "destinations", "--no-headers"])).stdout.includes(" web "),
  );
  await writeState({
    mark: (await processMark(process.pid)) ?? "",
    kubeconfig: cluster.kubeconfigPath,
    heddleConfig: heddle.environment["HEDDLE_CONFIG"] ?? "",
    kubectl: (await ensureBinaries()).kubectl,
    istioctl: (await ensureMeshBinaries()).istioctl,
    pods: mesh.pods.map(({ spec, place }) => ({ name: `${spec.namespace}/${spec.name}`, ...place })),
  });
  await told;
  return 0;
}

function described({ kubeconfig, heddleConfig, kubectl, istioctl, pods: running }: TestbedState): string {
  const front = running.find(({ name }) => name === "shop/front")?.space ?? "";
  return `
The testbed is up: Kubernetes' API server, Istio, ${running.length} pods, Heddle's server and agent.

${running.map(({ name, space, address }) => `  ${name.padEnd(18)} ${address.padEnd(12)} network namespace ${space}`).join("\n")}

  export KUBECONFIG=${kubeconfig} HEDDLE_CONFIG=${heddleConfig}
  npx heddle get destinations
  ${kubectl} get pods -A
  ${istioctl} analyze -n shop
  ip netns exec ${front} curl -s http://web.shop:8080/

A canary to apply, and to see:

  npx heddle apply -f - --wait <<END
  apiVersion: heddle.io/v1alpha1
  kind: TrafficPolicy
  metadata: { name: canary }
  spec:
    targets: [{ name: web, namespace: shop }]
    rules: [{ split: [{ version: v1, weight: 90 }, { version: v2, weight: 10 }] }]
  END
  for i in $(seq 20); do ip netns exec ${front} curl -s http://web.shop:8080/ | grep -o '"version":"v."'; done

\`npm run testbed -- down\` removes everything.`;
}
