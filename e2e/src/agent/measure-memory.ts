/**
 * Measures an agent (Linux: /proc) beside a cluster of the given size, which is simulated in this process: resident memory when idle, and
 * processor time for changing pods.
 *
 *     node e2e/dist/agent/measure-memory.js [services] [pods] [node flags of the agent…]
 */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { sampleCluster } from "@heddle/kube-sim/samples";
import { waitUntil } from "../testbed/wait-until.ts";
import { AgentWorld, agentMain } from "./agent-world.ts";

const [serviceCount = "1000", podCount = "10000", ...flags] = process.argv.slice(2);
const services = Number(serviceCount);
const pods = Number(podCount);
const namespaces = 50;

/** As large as pods are: about 4 KB with the injected proxy. */
function pod(index: number, broken = false): Record<string, never> {
  const service = index % services;
  const name = `service-${service}`;
  const hash = `6d4b${service.toString(16)}`;
  const env = Array.from({ length: 20 }, (_, at) => ({ name: `SETTING_${at}`, value: "x".repeat(40) }));
  return JSON.parse(
    JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `${name}-${hash}-${index}`,
        namespace: `team-${service % namespaces}`,
        labels: { app: name, version: "v1", "pod-template-hash": hash },
        annotations: { "istio.io/rev": "default", "sidecar.istio.io/status": "x".repeat(500) },
        ownerReferences: [
          {
            apiVersion: "apps/v1",
            kind: "ReplicaSet",
            name: `${name}-${hash}`,
            uid: "00000000-0000-4000-8000-000000000000",
            controller: true,
          },
        ],
      },
      spec: {
        serviceAccountName: name,
        containers: [
          { name: "app", image: "registry.example/app:1", ports: [{ containerPort: 8080 }], env },
          { name: "istio-proxy", image: "istio/proxyv2:1.30.3", env },
        ],
      },
      status: { phase: "Running", conditions: [{ type: "Ready", status: broken ? "False" : "True" }] },
    }),
  );
}

function* cluster(): Generator<Record<string, never>> {
  const plain = (object: object): Record<string, never> => JSON.parse(JSON.stringify(object));
  for (const object of sampleCluster({ mesh: "istio", version: "1.30.3", crds: true, pods: true }))
    yield plain(object);
  for (let index = 0; index < services; index++) {
    const name = `service-${index}`;
    const metadata = { name, namespace: `team-${index % namespaces}`, labels: { app: name } };
    const selector = { app: name };
    yield plain({
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
    });
    yield plain({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: { ...selector, version: "v1" } },
          spec: { serviceAccountName: name, containers: [{ name: "app", image: "registry.example/app:1" }] },
        },
      },
    });
  }
  for (let index = 0; index < pods; index++) yield pod(index);
}

/** User and system time of all threads, in ms; the kernel counts hundredths of a second. */
async function processorMs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function residentMiB(pid: number, part = "VmRSS"): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${part}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

await using world = await AgentWorld.start();
world.sim.seed(cluster());
const agent = spawn(process.execPath, [...flags, agentMain], {
  env: world.environment({ NODE_OPTIONS: process.env["NODE_OPTIONS"] }),
  stdio: ["ignore", "ignore", "inherit"],
});
try {
  const pid = agent.pid;
  if (pid === undefined) throw new Error("the agent did not start");
  const started = performance.now();
  let most = 0;
  await waitUntil(
    "the inventory is complete",
    async () => {
      most = Math.max(most, await residentMiB(pid));
      return world.facts.size >= services * 2;
    },
    { timeoutMs: 120_000 },
  );
  process.stdout.write(
    `inventory complete after ${Math.round(performance.now() - started)} ms, ${await processorMs(pid)} ms of processor time\n`,
  );
  const samples: number[] = [];
  for (let second = 0; second < 30; second++) {
    await pause(1_000);
    samples.push(await residentMiB(pid));
  }
  const last = samples.at(-1) ?? 0;
  most = Math.max(most, ...samples);
  process.stdout.write(
    `${services} services, ${pods} pods: resident ${last.toFixed(1)} MiB after 30 s, of it ${(await residentMiB(pid, "RssAnon")).toFixed(1)} MiB its own; at most ${most.toFixed(1)} MiB\n`,
  );
  const before = await processorMs(pid);
  for (let second = 0; second < 5; second++) {
    world.sim.seed(Array.from({ length: Math.min(1_000, pods) }, (_, index) => pod(index, second % 2 === 0)));
    await pause(1_000);
  }
  process.stdout.write(
    `1,000 pods change readiness every second: ${(((await processorMs(pid)) - before) / 50).toFixed(0)} % of a processor, resident ${(await residentMiB(pid)).toFixed(1)} MiB\n`,
  );
} finally {
  agent.kill();
}
