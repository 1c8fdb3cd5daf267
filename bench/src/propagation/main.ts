import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryAgent } from "./agents.ts";
import { startProfile } from "./profile.ts";

/** `node bench/dist/propagation/main.js [N …] [--json FILE]`; the method is in README.md. */
const args = process.argv.slice(2);
const json = args.includes("--json") ? args[args.indexOf("--json") + 1] : undefined;
const sizes = args.filter((arg) => /^\d+$/.test(arg)).map(Number);
const writes = 50;
const results: Result[] = [];
for (const size of sizes.length > 0 ? sizes : [1, 10, 50, 100]) results.push(await run(size));
if (json !== undefined)
  await writeFile(
    json,
    `${JSON.stringify({ machine: { cpus: cpus().length, model: cpus()[0]?.model, node: process.version }, results }, null, 2)}\n`,
  );

interface Result {
  readonly agents: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly burstMs: number;
  readonly connectMs: number;
  readonly serverMiB: number;
}

async function run(agents: number): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "heddle-bench-"));
  await chmod(folder, 0o711);
  const server = fork(new URL("./server.js", import.meta.url), {
    execArgv: ["--expose-gc"],
    env: {
      ...process.env,
      HEDDLE_DATA_DIR: join(folder, "data"),
      HEDDLE_LISTEN: "127.0.0.1:0",
      HEDDLE_RELAY_LISTEN: "127.0.0.1:0",
      LOG_LEVEL: "error",
    },
  });
  try {
    const { url, token } = await answer<{ url: string; token: string }>(server);
    const query = graphql(url, token);
    const empty = await memory(server);
    const waiting = {
      revision: Number.POSITIVE_INFINITY,
      left: new Set<number>(),
      done: (): void => undefined,
    };
    const seen = Array.from({ length: agents }, () => 0);
    const fleet: MemoryAgent[] = [];
    const started = performance.now();
    for (let first = 0; first < agents; first += 20)
      await Promise.all(
        Array.from({ length: Math.min(20, agents - first) }, async (_, offset) => {
          const index = first + offset;
          const { registerCluster } = await query<{ registerCluster: { token: string } }>(
            "mutation R($name: String!) { registerCluster(name: $name) { token } }",
            { name: `c-${index}` },
          );
          const agent = new MemoryAgent(`c-${index}`, registerCluster.token, (revision) => {
            seen[index] = revision;
            if (revision >= waiting.revision && waiting.left.delete(index) && waiting.left.size === 0)
              waiting.done();
          });
          fleet.push(agent);
          await agent.start();
        }),
      );
    const connectMs = performance.now() - started;

    const until = (revision: number): Promise<void> => {
      waiting.revision = revision;
      waiting.left = new Set(seen.flatMap((at, index) => (at >= revision ? [] : [index])));
      if (waiting.left.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.done = resolve;
      });
    };
    const write = async (weight: number): Promise<number> => {
      const { apply } = await query<{ apply: { revision: number } }>(
        "mutation A($m: [JSON!]!) { apply(manifests: $m) { revision } }",
        { m: [policy(weight)] },
      );
      return apply.revision;
    };
    await until(await write(50));
    server.send("stages");
    await answer(server);
    const profile = process.env["BENCH_PROFILE"];
    const stop = profile === undefined ? undefined : await startProfile();
    if (stop) server.send("profile");
    const times: number[] = [];
    for (let index = 0; index < writes + 5; index++) {
      const at = performance.now();
      await until(await write(1 + (index % 98)));
      if (index >= 5) times.push(performance.now() - at);
    }
    if (process.env["BENCH_TIMES"] !== undefined) console.log(times.map((t) => Math.round(t)).join(" "));
    times.sort((a, b) => a - b);
    if (stop) {
      await stop(`${profile}-agents.cpuprofile`);
      server.send("profiled");
      await answer(server);
    }
    server.send("stages");
    console.table(await answer<object>(server));
    const burstAt = performance.now();
    const revisions = await Promise.all(Array.from({ length: 100 }, (_, index) => writeOther(query, index)));
    await until(Math.max(...revisions));
    const burstMs = performance.now() - burstAt;
    const result = {
      agents,
      p50Ms: round(times[Math.floor(times.length * 0.5)] ?? 0),
      p99Ms: round(times[Math.min(times.length - 1, Math.floor(times.length * 0.99))] ?? 0),
      burstMs: round(burstMs),
      connectMs: round(connectMs),
      serverMiB: round(((await memory(server)) - empty) / 2 ** 20),
    };
    process.stdout.write(
      `${String(agents).padStart(5)} agents  p50 ${result.p50Ms} ms  p99 ${result.p99Ms} ms  (${writes} writes)  burst of 100 writes ${result.burstMs} ms  registered, enrolled, reported in ${result.connectMs} ms  server +${result.serverMiB} MiB\n`,
    );
    await Promise.all(fleet.map((agent) => agent.client.stop()));
    return result;
  } finally {
    const ended = once(server, "exit");
    server.disconnect();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

type Query = <T>(query: string, variables: object) => Promise<T>;

function graphql(url: string, token: string): Query {
  return async <T>(query: string, variables: object) => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as { data: T; errors?: readonly { message: string }[] };
    if (body.errors !== undefined) throw new Error(body.errors[0]?.message);
    return body.data;
  };
}

/** Different resources at once: a hundred writes that do not touch each other. */
async function writeOther(query: Query, index: number): Promise<number> {
  const manifest = {
    ...policy(1 + (index % 98)),
    metadata: { name: `burst-${index}` },
    spec: {
      targets: [{ name: "reviews", namespace: "shop" }],
      rules: [{ name: `r-${index}`, match: [{ path: { exact: `/${index}` } }], split: [{ version: "v2" }] }],
    },
  };
  const { apply } = await query<{ apply: { revision: number } }>(
    "mutation A($m: [JSON!]!) { apply(manifests: $m) { revision } }",
    { m: [manifest] },
  );
  return apply.revision;
}

function policy(weight: number): object {
  return {
    apiVersion: "heddle.io/v1alpha1",
    kind: "TrafficPolicy",
    metadata: { name: "canary" },
    spec: {
      targets: [{ name: "reviews", namespace: "shop" }],
      rules: [
        {
          // Not a catch-all: what comes after it must still count.
          match: [{ path: { prefix: "/" } }],
          split: [
            { version: "v1", weight },
            { version: "v2", weight: 100 - weight },
          ],
        },
      ],
    },
  };
}

async function memory(server: ChildProcess): Promise<number> {
  server.send("memory");
  return (await answer<{ rss: number }>(server)).rss;
}

async function answer<T>(server: ChildProcess): Promise<T> {
  const [message] = (await Promise.race([
    once(server, "message"),
    once(server, "exit").then(() => {
      throw new Error("the server ended");
    }),
  ])) as [T];
  return message;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
