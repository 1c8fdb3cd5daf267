import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createKeyAndCsr } from "@heddle/trust";
import type { AgentIdentity } from "../agent/ports.ts";
import { createRelayClient } from "../agent/relay-client.ts";
import { encodeBundle } from "../wire/encoded-delivery.ts";
import { eventually } from "./eventually.ts";
import { MemoryIdentities, RelayWorld } from "./relay-world.ts";

/**
 * `node --expose-gc src/testing/relay.bench.ts [idle agents] [fan-out agents] [rounds]`: what an idle agent costs the server in memory (the
 * agents are in another process), and how fast a delivery of 1 KiB reaches many agents and is acknowledged by all (all in one process).
 */
const [idle = 1000, fanOut = 100, rounds = 200] = process.argv.slice(2).map(Number);
const rates = { connections: { burst: 1e6, perSecond: 1e6 } };
const mib = 1024 * 1024;

interface Named {
  readonly uid: string;
  readonly identity: AgentIdentity;
}

function connectAll(agents: readonly Named[]): void {
  for (const { uid, identity } of agents) {
    const identities = new MemoryIdentities();
    identities.current = identity;
    createRelayClient({
      identities,
      createKeyAndCsr,
      state: () => ({ agentVersion: "bench", clusterUid: uid, kubeVersion: "1.33", bundles: [] }),
      handlers: {
        onWelcome: async () => undefined,
        onDelivery: async () => [],
        onInventoryRequest: async () => undefined,
      },
    }).start();
  }
}

async function settledMemory() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.();
    await sleep(200);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

async function measureIdle(): Promise<void> {
  const world = await RelayWorld.open({ rates });
  const agents: Named[] = [];
  for (let index = 0; index < idle; index++)
    agents.push({ uid: `c-${index}`, identity: await world.identity(`c-${index}`) });
  const before = await settledMemory();
  const child = fork(fileURLToPath(import.meta.url), ["agents"]);
  child.send(agents);
  await eventually(() => world.server.sessions.size === idle, 120_000);
  const after = await settledMemory();
  const each = (bytes: number) => `${(bytes / idle / 1024).toFixed(1)} KiB`;
  const rss = each(after.rss - before.rss);
  console.log(`${idle} idle agents: ${rss} RSS and ${each(after.heap - before.heap)} heap each`);
  child.kill();
  await once(child, "exit");
  await world.close();
}

async function measureFanOut(): Promise<void> {
  const world = await RelayWorld.open({ rates });
  for (let index = 0; index < fanOut; index++) {
    const uid = `c-${index}`;
    world.agent({ uid, identity: await world.identity(uid) });
  }
  await eventually(() => world.server.sessions.size === fanOut, 60_000);
  const objects = Buffer.from(JSON.stringify(["x".repeat(1020)]));
  const round = async (revision: number): Promise<number> => {
    const start = performance.now();
    const bundles = [encodeBundle("b", String(revision), objects)];
    const delivery = { id: String(revision), revision, complete: false, bundles, removed: [] };
    const enough = world.heard.acks.length + fanOut;
    await Promise.all([...world.server.sessions.values()].map((session) => session.deliver(delivery)));
    while (world.heard.acks.length < enough) await new Promise((resolve) => setImmediate(resolve));
    return performance.now() - start;
  };
  for (let warm = 0; warm < 50; warm++) await round(warm);
  const times: number[] = [];
  for (let index = 0; index < rounds; index++) times.push(await round(index + 50));
  times.sort((a, b) => a - b);
  const total = times.reduce((sum, time) => sum + time, 0);
  const perSecond = Math.round((fanOut * rounds * 1000) / total);
  const median = times[Math.floor(rounds / 2)]?.toFixed(1);
  console.log(
    `1 KiB to ${fanOut} agents: ${perSecond} deliveries/s acknowledged, ${median} ms a round (median)`,
  );
  console.log(`memory of the process: ${Math.round(process.memoryUsage().rss / mib)} MiB RSS`);
  await world.close();
}

if (process.argv[2] === "agents") {
  process.on("message", (agents: readonly Named[]) => connectAll(agents));
} else {
  await measureIdle();
  await measureFanOut();
}
