import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fact } from "@heddle/api";
import { configFrom, type RunningServer, startServer } from "@heddle/server";
import { openStore, type Store, startEmbeddedPostgres } from "@heddle/store";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { CliError } from "./cli-error.ts";
import { ApiClient } from "./client/api-client.ts";
import { createProgram } from "./program.ts";

/** The commands against a server on a real PostgreSQL; inventory as two agents would have sent it. */
describe("plan, explain, history, diff and rollback", () => {
  const ends: (() => Promise<unknown>)[] = [];
  let folder: string;
  let server: RunningServer;
  let store: Store;
  let api: ApiClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-plan-"));
    ends.unshift(() => rm(folder, { recursive: true, force: true }));
    // PostgreSQL runs as a user of its own where the tests run as root.
    await chmod(folder, 0o711);
    const postgres = await startEmbeddedPostgres({
      dataDir: join(folder, "postgres"),
      settings: { fsync: "off", full_page_writes: "off" },
    });
    ends.unshift(postgres.stop);
    server = await startServer(
      configFrom({
        DATABASE_URL: postgres.url,
        HEDDLE_DATA_DIR: folder,
        HEDDLE_LISTEN: "127.0.0.1:0",
        HEDDLE_RELAY_LISTEN: "127.0.0.1:0",
        LOG_LEVEL: "silent",
      }),
    );
    ends.unshift(() => server.close());
    vi.stubEnv("HEDDLE_SERVER", server.url);
    vi.stubEnv("HEDDLE_TOKEN", server.firstToken ?? "");
    api = new ApiClient({ server: server.url, token: server.firstToken ?? "" });
    store = openStore({ url: postgres.url });
    ends.unshift(() => store.close());
    for (const [name, versions] of [
      ["east", ["v1", "v2"]],
      ["west", ["v1"]],
    ] as const) {
      await store.clusters.register({ name, uid: `uid-${name}` });
      await store.inventory.applyDelta(name, { full: true, upserts: inventory(versions), deletes: [] });
    }
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const end of ends) await end();
  });

  const file = async (text: string): Promise<string> => {
    const path = join(folder, "manifests.yaml");
    await writeFile(path, text);
    return path;
  };
  /** One command, as `main` runs it. */
  const heddle = async (...args: readonly string[]) => {
    const out = { stdout: "", stderr: "" };
    const spies = (["stdout", "stderr"] as const).map((stream) =>
      vi.spyOn(process[stream], "write").mockImplementation((text) => {
        out[stream] += String(text);
        return true;
      }),
    );
    process.exitCode = 0;
    try {
      await createProgram().parseAsync(args, { from: "user" });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      out.stderr += error.message;
      process.exitCode = error.exitCode;
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    const code = process.exitCode;
    process.exitCode = 0;
    return { code, ...out };
  };

  it("plans before anything is there, and writes nothing", async () => {
    const path = await file(canary(90, 10));
    const planned = await heddle("plan", "-f", path);
    expect(planned.stderr).toBe("");
    expect(planned.code).toBe(2);
    expect(planned.stdout).toContain("+ trafficpolicy/canary would be created");
    expect(planned.stdout).toContain("+ VirtualService shop/reviews in east, west");
    expect(planned.stdout).toContain("because of trafficpolicy/canary spec.rules[0]");
    expect(planned.stdout).toMatch(/! shop\/reviews in west: no workload with version=v2 .*NO_BACKENDS/);
    expect(planned.stdout).toContain("4 to create, 0 to change, 0 to delete in 2 clusters");
    expect(planned.stdout).not.toContain("\u001b");
    expect(await store.resources.list()).toEqual({ items: [], next: null });
    const east = await heddle("plan", "-f", path, "--cluster", "east");
    expect(east.stdout).toContain("2 to create, 0 to change, 0 to delete in 1 cluster\n");
  });

  it("applies exactly that, and then has nothing to plan", async () => {
    const path = await file(canary(90, 10));
    await heddle("apply", "-f", path, "-m", "first");
    const planned = await heddle("plan", "-f", path);
    expect(planned).toMatchObject({ code: 0, stdout: "nothing would change\n" });
    expect(await heddle("diff", "-f", path)).toMatchObject({ code: 0, stdout: "" });
  });

  it("shows the difference of an edit with the field that causes it, as text and as data", async () => {
    const path = await file(canary(50, 50));
    const planned = await heddle("plan", "-f", path);
    expect(planned.stdout).toContain(
      "~ VirtualService shop/reviews in east, west\n    because of trafficpolicy/canary spec.rules[0].split[0].weight, trafficpolicy/canary spec.rules[0].split[1].weight\n",
    );
    expect(planned.stdout).toMatch(/^ {4}- +weight: 90\n {4}\+ +weight: 50$/m);
    const { stdout } = await heddle("plan", "-f", path, "-o", "json");
    expect(JSON.parse(stdout)).toMatchObject({ summary: { create: 0, change: 2, delete: 0, clusters: 2 } });
    const differing = await heddle("diff", "-f", path);
    expect(differing.code).toBe(2);
    expect(differing.stdout).toContain(
      "--- trafficpolicy/canary as it is stored\n+++ trafficpolicy/canary as the file says\n",
    );
    expect(differing.stdout).toMatch(/^- +weight: 90$/m);
  });

  it("refuses to plan what would be refused, with file and line", async () => {
    const planned = await heddle("plan", "-f", await file(canary(0, 0)));
    expect(planned.code).toBe(1);
    expect(planned.stderr).toMatch(/manifests\.yaml:\d+:\d+ .*ZERO_WEIGHT/);
    const { plan } = await api.query<{ plan: { findings: { code: string }[]; resources: unknown[] } }>(
      `{ plan(manifests: [{ kind: "Nothing" }]) { findings { code } resources { key } } }`,
    );
    expect(plan.findings.length).toBeGreaterThan(0);
    expect(plan.resources).toEqual([]);
  });

  it("plans deletions", async () => {
    const planned = await heddle("plan", "delete", "tp", "canary", "--cluster", "west");
    expect(planned.code).toBe(2);
    expect(planned.stdout).toContain("0 to create, 0 to change, 2 to delete in 1 cluster");
    const absent = await heddle("plan", "delete", "tp", "nobody");
    expect(absent).toMatchObject({ code: 0, stdout: "nothing would change\n" });
    expect(absent.stderr).toContain("trafficpolicy/nobody is not there");
  });

  it("explains a destination, a resource and an object", async () => {
    await heddle("apply", "-f", await file(defaults));
    const destination = await heddle("explain", "destination", "shop/reviews", "--cluster", "east");
    expect(destination.stderr).toBe("");
    expect(destination.stdout).toContain("destination shop/reviews in east, mesh istio-system");
    expect(destination.stdout).toMatch(
      /1\. trafficpolicy\/canary: .*\n +before the next: it names the target more narrowly/,
    );
    expect(destination.stdout).toMatch(
      /timeout\.request = 3s .*\n +not 9s of trafficpolicy\/wide spec\.defaults\.timeout\.request: overridden/,
    );
    const resource = await heddle("explain", "tp/wide");
    expect(resource.stdout).toMatch(/destination shop\/reviews in east, west: 2 of 2/);
    expect(resource.stdout).toContain("✗ timeout.request = 9s");
    const object = await heddle("explain", "object", "virtualservice", "shop/reviews", "--cluster", "east");
    expect(object.stdout).toMatch(
      /spec\.hosts = \[reviews\.shop\.svc\.cluster\.local\] .*trafficpolicy\/canary/,
    );
    const itself = await heddle(
      "explain",
      "object",
      "VirtualService",
      "shop/reviews",
      "--cluster",
      "east",
      "--as-object",
    );
    expect(itself.stdout).toMatch(/^apiVersion: networking\.istio\.io\/v1\nkind: VirtualService\n/);
    const missing = await heddle("explain", "destination", "shop/nobody");
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("there is no destination shop/nobody in any cluster");
    await heddle("delete", "tp", "wide");
  });

  it("keeps the history, compares generations and brings one back through a plan", async () => {
    await heddle("apply", "-f", await file(canary(50, 50)), "-m", "half");
    const history = await heddle("history", "tp", "canary");
    expect(history.stdout).toMatch(/GENERATION +REVISION.*\n2 .* spec +half\n1 .* created +first\n/);
    const compared = await heddle("diff", "tp", "canary");
    expect(compared.code).toBe(2);
    expect(compared.stdout).toContain(
      "--- trafficpolicy/canary generation 1\n+++ trafficpolicy/canary generation 2\n",
    );
    expect(await heddle("diff", "tp/canary", "2", "2")).toMatchObject({ code: 0, stdout: "" });
    expect((await heddle("diff", "tp/canary", "7")).stderr).toContain("never had a generation 7");

    const asked = await heddle("rollback", "tp", "canary", "--to-generation", "1");
    expect(asked.code).toBe(1);
    expect(asked.stdout).toContain("0 to create, 2 to change, 0 to delete in 2 clusters");
    expect(asked.stderr).toContain("--yes");
    expect((await store.resources.get("TrafficPolicy/default/canary"))?.metadata.generation).toBe(2);

    const done = await heddle("rollback", "tp/canary", "--to-generation", "1", "--yes");
    expect(done).toMatchObject({ code: 0, stderr: "" });
    expect(done.stdout).toMatch(/rolled back, as revision \d+/);
    const [newest] = (await store.resources.history("TrafficPolicy/default/canary")).items;
    expect(newest).toMatchObject({ generation: 3, message: "rollback to generation 1" });
    expect(JSON.stringify(newest?.resource.spec)).toContain('"weight":90');
  });

  it("brings the whole fleet back to a revision, what was deleted and what came since", async () => {
    const revision = await store.changes.revision();
    const before = await store.resources.at(revision);
    await heddle("apply", "-f", await file(defaults));
    await heddle("delete", "tp", "canary");
    const planned = await heddle("rollback", "--to-revision", String(revision), "--dry-run");
    expect(planned.stdout).toContain("+ trafficpolicy/canary would be created");
    expect(planned.stdout).toContain("- trafficpolicy/wide would be deleted");
    await heddle("rollback", "--to-revision", String(revision), "--yes", "-m", "back");
    const after = await store.resources.at(await store.changes.revision());
    const written = (resources: typeof before) =>
      resources.map(({ kind, metadata, spec }) => [kind, metadata.name, spec]);
    expect(written(after)).toEqual(written(before));
    const again = await heddle("rollback", "--to-revision", String(revision), "--yes");
    expect(again).toMatchObject({ code: 0, stdout: "nothing would change\n" });
    expect((await heddle("rollback", "--to-revision", "999999", "--yes")).stderr).toContain(
      "there is no revision",
    );
  });

  it("refuses a rollback whose plan somebody has overtaken", async () => {
    const revision = await store.changes.revision();
    await heddle("apply", "-f", await file(canary(20, 80)));
    const overtaken = api.query(
      `mutation { rollback(ref: { kind: "TrafficPolicy", name: "canary" }, toGeneration: 1, planned: ${revision}) { revision } }`,
    );
    await expect(overtaken).rejects.toThrow(/CONFLICT.*changed since the plan was made/);
  });
});

function canary(v1: number, v2: number): string {
  return `
apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata: { name: canary }
spec:
  targets: [{ name: reviews, namespace: shop }]
  rules: [{ split: [{ version: v1, weight: ${v1} }, { version: v2, weight: ${v2} }], timeout: { request: 3s } }]
`;
}

const defaults = `
apiVersion: heddle.io/v1alpha1
kind: TrafficPolicy
metadata: { name: wide }
spec:
  targets: [{ namespaces: [shop] }]
  defaults: { timeout: { request: 9s } }
`;

/** A mesh, and one service with these versions. */
function inventory(versions: readonly string[]): Fact[] {
  return [
    {
      kind: "Mesh",
      name: "istio-system",
      dialect: "istio",
      version: "1.30.3",
      namespace: "istio-system",
      trustDomain: "cluster.local",
      clusterDomain: "cluster.local",
      apis: ["networking.istio.io/v1", "security.istio.io/v1"],
      settings: { rootNamespace: "istio-system" },
    },
    { kind: "Namespace", name: "shop", labels: {} },
    {
      kind: "Destination",
      namespace: "shop",
      name: "reviews",
      labels: {},
      selector: { app: "reviews" },
      ports: [{ name: "http", port: 80, protocol: "TCP" }],
      headless: false,
    },
    ...versions.map(
      (version): Fact => ({
        kind: "Workload",
        workloadKind: "Deployment",
        namespace: "shop",
        name: `reviews-${version}`,
        labels: { app: "reviews", version },
        serviceAccount: "reviews",
        mesh: "istio-system",
        ports: [{ name: "http", port: 80 }],
        pods: { total: 1, ready: 1, meshed: 1 },
      }),
    ),
  ];
}
