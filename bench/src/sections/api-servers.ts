import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  installCrds,
  istioCrds,
  MarkWatch,
  startCluster,
  type TestCluster,
  testbedAvailability,
  waitUntil,
} from "@heddle/e2e";
import { sampleCluster } from "@heddle/kube-sim/samples";
import type { Row } from "../row.ts";
import { spread } from "../spread.ts";
import { BenchServer } from "../stand/bench-server.ts";
import type { Section, SectionOptions } from "./section.ts";

const agentMain = fileURLToPath(new URL("../../../apps/agent/dist/main.js", import.meta.url));
const writes = 50;
const warmUp = 10;

/** (b) From a write through GraphQL until the changed object is in every cluster's real kube-apiserver, seen by a watch. */
export const apiServers: Section = async (options) => {
  const { available, reason } = await testbedAvailability();
  if (!available) {
    options.say(`left out: ${reason}`);
    return [];
  }
  const rows: Row[] = [];
  for (const count of [1, 2, 4]) rows.push(await throughApiServers(count, options));
  return rows;
};

async function throughApiServers(count: number, { say }: SectionOptions): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await BenchServer.start());
  const watches: MarkWatch[] = [];
  for (let index = 0; index < count; index++) {
    const cluster = stack.use(await startCluster({ name: `c-${index}` }));
    await installCrds(cluster, await istioCrds());
    const items = sampleCluster({ mesh: "istio", version: "1.30.3", crds: false, pods: false });
    await cluster.kubectlOk(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await runAgent(server, cluster, stack);
    watches.push(stack.use(new MarkWatch(cluster, "shop", "x-bench")));
  }
  await waitUntil("all clusters have reported", async () => {
    const { clusters } = await server.query<{ clusters: { destinations: number }[] }>(
      "{ clusters { destinations } }",
    );
    return clusters.length === count && clusters.every(({ destinations }) => destinations > 0);
  });
  const times: number[] = [];
  for (let index = 0; index < warmUp + writes; index++) {
    const mark = `write-${index}`;
    const seen = Promise.all(watches.map((watch) => watch.seen(mark)));
    const started = performance.now();
    await server.apply(headerManifest(mark));
    await seen;
    if (index >= warmUp) times.push(performance.now() - started);
  }
  const what = `a write into ${count} real API server${count === 1 ? "" : "s"}`;
  const figures = spread(times);
  say(`${what}: p50 ${figures["p50 ms"]} ms, p99 ${figures["p99 ms"]} ms`);
  return { section: "api-servers", what, runs: writes, figures, target: { figure: "p99 ms", most: 100 } };
}

/** A real agent as a process of its own, ended with the stack. */
async function runAgent(
  server: BenchServer,
  cluster: TestCluster,
  stack: AsyncDisposableStack,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-bench-agent-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const { registerCluster } = await server.query<{ registerCluster: { token: string } }>(
    "mutation R($name: String!) { registerCluster(name: $name) { token } }",
    { name: cluster.name },
  );
  const agent = spawn(process.execPath, [agentMain], {
    env: {
      ...process.env,
      KUBECONFIG: cluster.kubeconfigPath,
      HEDDLE_TOKEN: registerCluster.token,
      HEDDLE_STATE_DIR: folder,
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  stack.defer(async () => {
    const ended = once(agent, "exit");
    agent.kill();
    await ended;
  });
}

function headerManifest(mark: string): object {
  return {
    apiVersion: "heddle.io/v1alpha1",
    kind: "TrafficPolicy",
    metadata: { name: "bench" },
    spec: {
      targets: [{ name: "reviews", namespace: "shop" }],
      defaults: { headers: { response: { set: { "x-bench": mark } } } },
    },
  };
}
