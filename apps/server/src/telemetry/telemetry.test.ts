import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { apply, canary, shopFacts } from "../testing/samples.ts";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";
import { type TestServer, useTestServers } from "../testing/test-server.ts";
import { startTraceCollector } from "../testing/trace-collector.ts";
import { stages } from "./stage.ts";

const servers = useTestServers();
const timing = { followMs: 50, beatMs: 100 };

describe("metrics", () => {
  let server: TestServer;
  let agent: TestAgent;
  beforeAll(async () => {
    server = await servers.start({}, timing);
    agent = await startTestAgent(server, { cluster: "metered" });
    await eventually("it is connected", () => agent.client.phase === "connected");
    await agent.tell(shopFacts);
    await server.api.data(apply, { manifests: [canary(70)] });
    await eventually("it is delivered", () => agent.held.size > 0);
  });

  const metric = async (name: string): Promise<number> => {
    const text = await (await server.api.get("/metrics")).text();
    const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
    return Number((line?.split(" ")[1] ?? "NaN").replace("Inf", "Infinity"));
  };

  it("count every stage of a change", async () => {
    for (const stage of stages)
      await eventually(
        stage,
        async () => (await metric(`heddle_change_stage_seconds_count{stage="${stage}"}`)) > 0,
      );
  });

  it("tell how clusters, database, certificates and bundles stand", async () => {
    await eventually("in sync", async () => (await metric('heddle_clusters{state="in-sync"}')) === 1);
    expect(await metric("heddle_database_up")).toBe(1);
    expect(await metric("heddle_database_revision")).toBe(await metric("heddle_revision"));
    const now = Date.now() / 1000;
    expect(await metric("heddle_agent_certificate_not_after_seconds")).toBeGreaterThan(now + 3_600);
    expect(await metric("heddle_authority_not_after_seconds")).toBeGreaterThan(now + 3_600 * 24 * 365);
    const [bundle = "", hash = ""] = [...agent.held][0] ?? [];
    const problem = { object: "v1|Service|shop|a", code: "NotOwned", message: "another has it" } as const;
    const report = { bundle, hash, revision: 1_000_000, objects: 1 };
    await agent.report([{ ...report, problems: [problem] }]);
    await eventually("one fails", async () => (await metric("heddle_failing_bundles")) === 1);
    await agent.report([{ ...report, problems: [] }]);
    await eventually("none fails", async () => (await metric("heddle_failing_bundles")) === 0);
    await agent.stop();
    await eventually("gone", async () => (await metric('heddle_clusters{state="disconnected"}')) === 1);
    expect(await metric("heddle_connected_agents")).toBe(0);
    expect(await metric("heddle_agent_certificate_not_after_seconds")).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("traces", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("have every stage of a change, from all replicas, as children of its commit", async () => {
    const collector = await startTraceCollector();
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
    const tracing = { serviceName: "heddle-server", ratio: 1 };
    const one = await servers.start({ replica: "one", tracing }, timing);
    const other = await servers.start({ replica: "other", tracing }, timing);
    const agent = await startTestAgent(other, { cluster: "traced" });
    try {
      await eventually("it is connected", () => agent.client.phase === "connected");
      await agent.tell(shopFacts);
      const { apply: applied } = await one.api.data<{ apply: { revision: number } }>(apply, {
        manifests: [canary(30)],
      });
      await eventually("it is delivered", () =>
        agent.deliveries.some(({ revision }) => revision === applied.revision),
      );
      await eventually("it is acknowledged", async () => {
        const { cluster } = await other.api.data<{ cluster: { status: { appliedRevision: number } } }>(
          '{ cluster(name: "traced") { status { appliedRevision } } }',
        );
        return cluster.status.appliedRevision >= applied.revision;
      });
    } finally {
      await agent.stop();
      await Promise.all([one.close(), other.close()]);
      collector.close();
    }
    expect([...collector.paths]).toEqual(["POST /v1/traces application/x-protobuf"]);
    const trace = [...Map.groupBy(collector.spans, ({ traceId }) => traceId).values()].find((spans) =>
      stages.every((stage) => spans.some(({ name }) => name === stage)),
    );
    const named = (name: string) => trace?.filter((span) => span.name === name) ?? [];
    const [commit] = named("commit");
    expect(commit?.parentId).toBe("");
    expect(trace?.filter((span) => span !== commit && span.parentId !== commit?.spanId)).toEqual([]);
    expect(trace?.filter(({ start, end }) => end < start)).toEqual([]);
    expect(named("compile")).toHaveLength(2);
    expect(named("send")).toHaveLength(1);
  });
});
