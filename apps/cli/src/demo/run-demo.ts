import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseManifests } from "@heddle/api";
import { configFrom, startServer } from "@heddle/server";
import { CliError } from "../cli-error.ts";
import { ApiClient } from "../client/api-client.ts";
import { listClusters } from "../clusters.ts";
import { demoPolicies } from "./policies.ts";
import { showPlan } from "./show-plan.ts";
import { showReports } from "./show-reports.ts";
import { type ClusterPlan, simulateCluster } from "./simulated-cluster.ts";

const plans: readonly ClusterPlan[] = [
  { name: "eu-west", mesh: "istio", version: "1.30.3" },
  { name: "us-east", mesh: "istio", version: "1.28.1" },
  { name: "ap-south", mesh: "linkerd", version: "edge-25.4.4" },
];

export interface DemoOptions {
  /** End once everything was shown. */
  readonly exit: boolean;
  readonly say: (line: string) => void;
}

/** A server, three clusters with agents, policies applied and what became of them. Everything is in a temporary folder and gone at the end. */
export async function runDemo({ exit, say }: DemoOptions): Promise<void> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), "heddle-demo-"));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    // PostgreSQL runs as a user of its own where the demo runs as root.
    await chmod(folder, 0o711);

    say("1. Server: PostgreSQL in a temporary folder, API and relay on loopback …");
    const since = stopwatch();
    const server = await startServer(
      configFrom({
        LOG_LEVEL: "error",
        ...process.env,
        DATABASE_URL: undefined,
        REDIS_URL: undefined,
        HEDDLE_DATA_DIR: join(folder, "data"),
        HEDDLE_LISTEN: "127.0.0.1:0",
        HEDDLE_RELAY_LISTEN: "127.0.0.1:0",
      }),
    );
    closing.push(() => server.close());
    const token = server.firstToken;
    if (token === undefined)
      throw new CliError("a fresh server gave no administrator's token: this is a defect, please report it");
    const api = new ApiClient({ server: server.url, token });
    say(`   up at ${server.url} after ${since()}`);

    say(
      "2. Clusters: three simulated Kubernetes API servers (HTTPS, in this process), each with a mesh and a book shop, each with an agent process …",
    );
    const clusters = await Promise.all(plans.map((plan) => simulateCluster(plan, folder)));
    for (const cluster of clusters) closing.push(() => cluster.stop());
    for (const cluster of clusters) cluster.startAgent(await register(api, cluster.name));
    await discovered(api, clusters.length);
    for (const { name, meshes, workloads, destinations } of await listClusters(api))
      say(
        `   ${name.padEnd(9)} ${meshes
          .map(({ dialect, version }) => `${dialect} ${version}`)
          .join(", ")
          .padEnd(15)} ${destinations} services, ${workloads} workloads found by its agent`,
      );

    const { manifests } = parseManifests([{ file: "demo.yaml", text: demoPolicies }]);
    const inputs = manifests.map(({ origin: _, ...manifest }) => manifest);
    say("3. Policies: what applying them would do (a plan; nothing is written) …");
    await showPlan(api, inputs, say);

    say("4. Applying …");
    const started = performance.now();
    const { outcomes } = await apply(api, inputs);
    const accepted = performance.now();
    await acknowledged(
      api,
      outcomes.map(({ key }) => key),
    );
    const done = performance.now();
    say(
      `   accepted after ${ms(accepted - started)}, acknowledged by all ${clusters.length} clusters after ${ms(done - started)}`,
    );

    say("5. What took effect where:");
    await showReports(
      api,
      outcomes.map(({ key }) => key),
      say,
    );

    if (exit) {
      say("Done; ending as asked (--exit).");
      return;
    }
    const policies = join(folder, "policies.yaml");
    await writeFile(policies, demoPolicies);
    say("");
    say(`It stays up until Ctrl-C. In another terminal:`);
    say(`  export HEDDLE_SERVER=${server.url} HEDDLE_TOKEN=${token}`);
    say(`  npx heddle status`);
    say(`  npx heddle describe tp reviews-canary`);
    say(`  npx heddle apply -f ${policies}      # change it first`);
    for (const { name, kubeconfig } of clusters)
      say(
        `  kubectl --kubeconfig ${kubeconfig} get ${name === "ap-south" ? "httproutes" : "virtualservices"} -n shop -o yaml`,
      );
    await new Promise<void>((resolve) => {
      process.once("SIGINT", resolve);
      process.once("SIGTERM", resolve);
    });
  } finally {
    await close();
  }
}

async function register(api: ApiClient, name: string): Promise<string> {
  const { registerCluster } = await api.query<{ registerCluster: { token: string } }>(
    "mutation R($name: String!) { registerCluster(name: $name) { token } }",
    { name },
  );
  return registerCluster.token;
}

interface Applied {
  readonly outcomes: readonly { readonly key: string; readonly outcome: string }[];
}

async function apply(api: ApiClient, manifests: readonly unknown[]): Promise<Applied> {
  const mutation =
    "mutation A($manifests: [JSON!]!) { apply(manifests: $manifests) { outcomes { key outcome } } }";
  return (await api.query<{ apply: Applied }>(mutation, { manifests })).apply;
}

/** Four services and six workloads in each cluster, and its mesh. */
async function discovered(api: ApiClient, count: number): Promise<void> {
  await until("the agents have found their meshes and services", async () => {
    const clusters = await listClusters(api);
    return (
      clusters.length === count &&
      clusters.every(
        ({ meshes, destinations, workloads }) => meshes.length > 0 && destinations >= 4 && workloads >= 6,
      )
    );
  });
}

async function acknowledged(api: ApiClient, keys: readonly string[]): Promise<void> {
  const query =
    "query S($ref: ResourceRef!) { resource(ref: $ref) { status { clusters { total pending } } } }";
  for (const key of keys) {
    const [kind, workspace, name] = key.split("/");
    await until(`${key} is acknowledged`, async () => {
      const { resource } = await api.query<{
        resource: { status: { clusters: { total: number; pending: number } } };
      }>(query, { ref: { kind, workspace, name } });
      return resource.status.clusters.total > 0 && resource.status.clusters.pending === 0;
    });
  }
}

const limitMs = 60_000;

/** Asks again every few ms. @throws CliError when it does not come true within a minute */
async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await ask())) {
    if (performance.now() > deadline) throw new CliError(`not within ${limitMs / 1000} s: ${what}`);
    await sleep(5);
  }
}

function stopwatch(): () => string {
  const started = performance.now();
  return () => ms(performance.now() - started);
}

function ms(duration: number): string {
  return duration < 1_000 ? `${Math.round(duration)} ms` : `${(duration / 1_000).toFixed(1)} s`;
}
