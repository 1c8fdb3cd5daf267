import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { HeddleProcesses } from "../spine/heddle-processes.ts";
import { startCluster } from "../testbed/cluster.ts";
import { waitUntil } from "../testbed/wait-until.ts";
import { Mesh } from "./mesh.ts";
import { pods, services } from "./shop.ts";

/** Times of one change in ms, from the moment `apply` is sent. */
interface Change {
  /** The object with the change is in the cluster's API server, seen by a watch. */
  readonly object: number;
  /** The first request that meets the new policy has its answer. */
  readonly request: number;
}

/**
 * Changes one policy many times and says how long it takes until a request meets each change: from the call of the API to the object in
 * the cluster (Heddle's part), and from there through istiod to the client's sidecar (Istio's part, debouncing of 100 ms included).
 */
export async function measurePropagation(changes: number): Promise<string> {
  const started = performance.now();
  await using heddle = await HeddleProcesses.start();
  await using cluster = await startCluster({ name: "mesh" });
  const beforeMesh = performance.now();
  await using mesh = await Mesh.start(cluster, { pods, services });
  const up = performance.now();
  await heddle.startAgent("mesh", cluster.kubeconfigPath);
  await waitUntil("Heddle has found the services", async () =>
    (await heddle.ok(["get", "destinations", "--no-headers"])).stdout.includes(" web "),
  );
  const apply = await applier(heddle);
  await apply(policy("first"));
  const path = "/apis/networking.istio.io/v1/namespaces/shop/virtualservices";
  const seen = new Map<string, number>();
  const stop = new AbortController();
  const watching = (async () => {
    for await (const line of mesh.api.lines({ path, query: { watch: true }, signal: stop.signal }))
      for (const [, mark = ""] of line.matchAll(/"x-change":"([^"]+)"/g))
        if (!seen.has(mark)) seen.set(mark, performance.now());
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const times: Change[] = [];
  for (let index = 0; index < changes; index += 1) {
    const mark = `change-${index}`;
    const sent = performance.now();
    await apply(policy(mark));
    const request = await firstRequest(mesh, mark);
    const object = await waitUntil(`${mark} in the API server`, () => seen.get(mark));
    times.push({ object: object - sent, request: request - sent });
  }
  stop.abort();
  await watching;
  const line = (what: string, values: readonly number[]) =>
    `${what.padEnd(46)} p50 ${percentile(values, 50)} ms   p99 ${percentile(values, 99)} ms\n`;
  return [
    `server and cluster up in ${Math.round(beforeMesh - started)} ms, the mesh (${pods.length} pods) in ${Math.round(up - beforeMesh)} ms; ${changes} changes\n`,
    line(
      "apply → object in the API server (Heddle)",
      times.map(({ object }) => object),
    ),
    line(
      "object → first request by it (Istio)",
      times.map(({ object, request }) => request - object),
    ),
    line(
      "apply → first request by it",
      times.map(({ request }) => request),
    ),
  ].join("");
}

/** When the first request by the new policy had its answer; asked anew as soon as the last is answered. */
async function firstRequest(mesh: Mesh, mark: string): Promise<number> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const [answer] = await mesh.request("front", { url: "http://web.shop:8080/" });
    if (answer?.headers["x-change"] === mark) return performance.now();
  }
  throw new Error(`no request met ${mark} within 20 s`);
}

/** Applies by the API, as the command line does, without the start of a process. */
async function applier(heddle: HeddleProcesses): Promise<(manifest: object) => Promise<void>> {
  const file = parse(await readFile(heddle.environment["HEDDLE_CONFIG"] ?? "", "utf8")) as {
    contexts: Record<string, { server: string; token: string }>;
  };
  const [context] = Object.values(file.contexts);
  if (context === undefined) throw new Error("the server's start left no context");
  const query = "mutation($manifests: [JSON!]!) { apply(manifests: $manifests) { written } }";
  return async (manifest) => {
    const answer = await fetch(new URL("/graphql", context.server), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${context.token}` },
      body: JSON.stringify({ query, variables: { manifests: [manifest] } }),
    });
    const text = await answer.text();
    if (!text.includes('"written":true')) throw new Error(`apply was answered with ${text}`);
  };
}

function policy(mark: string): object {
  return {
    apiVersion: "heddle.io/v1alpha1",
    kind: "TrafficPolicy",
    metadata: { name: "measured", workspace: "default" },
    spec: {
      targets: [{ name: "web", namespace: "shop" }],
      defaults: { headers: { response: { set: { "x-change": mark } } } },
    },
  };
}

function percentile(values: readonly number[], percent: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(
    sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0,
  ).toString();
}
