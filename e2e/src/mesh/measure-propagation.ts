import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { HeddleProcesses } from "../spine/heddle-processes.ts";
import { startCluster } from "../testbed/cluster.ts";
import { MarkWatch } from "../testbed/mark-watch.ts";
import { waitUntil } from "../testbed/wait-until.ts";
import { Mesh } from "./mesh.ts";
import { pods, services } from "./shop.ts";

/** Times of one change in ms, from the moment `apply` is sent. */
export interface Change {
  /** The object with the change is in the cluster's API server, seen by a watch. */
  readonly object: number;
  /** The first request that meets the new policy has its answer. */
  readonly request: number;
}

/**
 * Changes one policy many times and says how long it takes until a request meets each change: from the call of the API to the object in
 * the cluster (Heddle's part), and from there through istiod to the client's sidecar (Istio's part, debouncing of 100 ms included).
 */
export async function measurePropagation(changes: number): Promise<readonly Change[]> {
  await using heddle = await HeddleProcesses.start();
  await using cluster = await startCluster({ name: "mesh" });
  await using mesh = await Mesh.start(cluster, { pods, services });
  await heddle.startAgent("mesh", cluster.kubeconfigPath);
  await waitUntil("Heddle has found the services", async () =>
    (await heddle.ok(["get", "destinations", "--no-headers"])).stdout.includes(" web "),
  );
  const apply = await applier(heddle);
  await using watch = new MarkWatch(cluster, "shop", "x-change");
  // What is there already shows that the watch has begun.
  await apply(policy("first"));
  await watch.seen("first");
  await firstRequest(mesh, "first");
  const times: Change[] = [];
  for (let index = 0; index < changes; index += 1) {
    const mark = `change-${index}`;
    const sent = performance.now();
    await apply(policy(mark));
    const request = await firstRequest(mesh, mark);
    times.push({ object: (await watch.seen(mark)) - sent, request: request - sent });
  }
  return times;
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
