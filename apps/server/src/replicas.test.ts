import { openQueues } from "@heddle/queue";
import { migrate, openStore } from "@heddle/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./testing/eventually.ts";
import { apply, canary, shopFacts } from "./testing/samples.ts";
import { startTestAgent, type TestAgent } from "./testing/test-agent.ts";
import { startProxy } from "./testing/test-proxy.ts";
import { type TestServer, useTestServers } from "./testing/test-server.ts";

const servers = useTestServers();
const timing = { beatMs: 100, deadAfterMs: 1_500, buryEveryMs: 300, followMs: 50, sweepMs: 200 };

describe("two replicas on one database", () => {
  let a: TestServer;
  let b: TestServer;
  let agent: TestAgent;
  const firstTokens: (string | undefined)[] = [];
  beforeAll(async () => {
    const started = await Promise.all(["a", "b"].map((replica) => servers.start({ replica }, timing)));
    firstTokens.push(...started.map(({ firstToken }) => firstToken));
    const token = firstTokens.find((one) => one !== undefined);
    const [first, second] = started.map((server) => ({ ...server, api: server.as(token) }));
    if (first === undefined || second === undefined) throw new Error("two were started");
    [a, b] = [first, second];
    agent = await startTestAgent(a, { cluster: "east" });
  });
  afterAll(() => agent.stop());

  const status = async (server: TestServer, cluster: string) =>
    (
      await server.api.data<{ cluster: { status: { connected: boolean; inSync: boolean } } | null }>(
        "query($cluster: String!) { cluster(name: $cluster) { status { connected inSync } } }",
        { cluster },
      )
    ).cluster?.status;

  it("start at once, and one of them tells the first token", () => {
    expect(firstTokens.filter((token) => token !== undefined)).toHaveLength(1);
  });

  it("see what the other's agents say", async () => {
    await eventually("b knows that it is connected", async () => (await status(b, "east"))?.connected);
    await agent.tell(shopFacts);
    await b.api.data(apply, { manifests: [canary(90)] });
    await eventually("what b took arrived over a", () => agent.held.size > 0);
    await agent.reportHeld();
    await eventually("b shows it as programmed", async () => {
      const { resource } = await b.api.data<{ resource: { status: { clusters: { programmed: number } } } }>(
        '{ resource(ref: { kind: "tp", name: "canary" }) { status { clusters { programmed } } } }',
      );
      return resource.status.clusters.programmed === 1;
    });
    await eventually("b shows it in sync", async () => (await status(b, "east"))?.inSync);
  });

  it("tell of problems of the other's clusters, and of their end", async () => {
    const [bundle = "", hash = ""] = [...agent.held][0] ?? [];
    const problem = { object: "v1|Service|shop|a", code: "NotOwned", message: "another has it" } as const;
    const { revision } = await a.api.data<{ revision: number }>("{ revision }");
    const problems = async () =>
      (
        await b.api.data<{ cluster: { problems: object[] } }>(
          '{ cluster(name: "east") { problems { code } } }',
        )
      ).cluster.problems.length;
    await agent.report([{ bundle, hash, revision, objects: 1, problems: [problem] }]);
    await eventually("b tells it", async () => (await problems()) === 1);
    await agent.report([{ bundle, hash: "", revision: revision + 1, objects: 0, problems: [] }]);
    await eventually("b tells it no more", async () => (await problems()) === 0);
  });

  it("end the stream of a cluster that the other was told to remove", async () => {
    await b.api.data('mutation { removeCluster(name: "east") }');
    await eventually("the agent heard of it", () => agent.refusals.includes("RELAY_REVOKED"));
    await eventually("it is gone everywhere", async () => (await status(a, "east")) === undefined);
  });
});

it("counts the clusters of a dead replica as disconnected, and clears up after it", async () => {
  const url = new URL(servers.databaseUrl);
  const live = await servers.start({ replica: "live" }, timing);
  const store = openStore({ url: url.href });
  const queues = await openQueues({ databaseUrl: url.href, prefix: "heddle" });
  const left = queues.deliveries("dead-1");
  try {
    await store.clusters.register({ name: "lost", uid: "lost" });
    await store.status.updateClusters([{ cluster: "lost", replica: "dead-1" }]);
    await left.enqueue(["lost"]);
    expect((await left.counts()).waiting).toBe(1);
    await store.replicas.beat("dead-1");
    await eventually("it is shown as connected", async () => {
      const { cluster } = await live.api.data<{ cluster: { status: { connected: boolean } } }>(
        '{ cluster(name: "lost") { status { connected } } }',
      );
      return cluster.status.connected;
    });
    await eventually("it is shown as disconnected", async () => {
      const { cluster } = await live.api.data<{ cluster: { status: { connected: boolean } } }>(
        '{ cluster(name: "lost") { status { connected } } }',
      );
      return !cluster.status.connected;
    });
    await eventually("it is forgotten", async () => !(await store.replicas.silent(0)).includes("dead-1"));
    expect((await left.counts()).waiting).toBe(0);
  } finally {
    await queues.close();
    await store.close();
  }
});

describe("when the database is away", () => {
  it("answers UNAVAILABLE, is not ready, and recovers by itself", async () => {
    await migrate(servers.databaseUrl);
    const proxy = await startProxy(servers.databaseUrl);
    const server = await servers.start({ replica: "proxied", databaseUrl: proxy.url }, timing);
    try {
      await server.api.data(apply, { manifests: [canary(10, "before")] });
      proxy.cut();
      expect((await server.as(undefined).get("/readyz")).status).toBe(503);
      const { body } = await server.api.ask(apply, { manifests: [canary(10, "during")] });
      expect(body.errors?.[0]?.extensions.code).toBe("UNAVAILABLE");
      expect(JSON.stringify(body)).not.toMatch(/ECONN|postgres|5432|SELECT/i);
      expect((await server.as(undefined).get("/livez")).status).toBe(200);
      proxy.mend();
      await eventually(
        "it is ready again",
        async () => (await server.as(undefined).get("/readyz")).status === 200,
      );
      await server.api.data(apply, { manifests: [canary(10, "after")] });
      const { resource } = await server.api.data<{ resource: object | null }>(
        '{ resource(ref: { kind: "tp", name: "after" }) { name status { conditions { reason } } } }',
      );
      expect(resource).toMatchObject({ name: "after" });
    } finally {
      await server.close();
      await proxy.close();
    }
  }, 60_000);
});
