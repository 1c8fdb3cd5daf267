import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { apply, canary, shopFacts } from "../testing/samples.ts";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";
import { hasRedis, startRedis, type TestRedis } from "../testing/test-redis.ts";
import { type TestServer, useTestServers } from "../testing/test-server.ts";

const servers = useTestServers();
const clusters = ["east", "west", "north"];

describe.skipIf(!hasRedis)(`Redis${hasRedis ? "" : " (skipped: redis-server is not installed)"}`, () => {
  let redis: TestRedis;
  let server: TestServer;
  let agents: TestAgent[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    server = await servers.start({ redisUrl: redis.url }, { sweepMs: 200 });
    agents = await Promise.all(clusters.map((cluster) => startTestAgent(server, { cluster })));
    for (const agent of agents) {
      await eventually("it is connected", () => agent.client.phase === "connected");
      await agent.tell(shopFacts);
    }
  });
  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    await server?.close();
    await redis?.stop();
  });

  /** Applies one change after the other while `fault` happens; all must be acknowledged. */
  async function changesDuring(fault: () => Promise<unknown>): Promise<void> {
    let happening = true;
    const happened = fault().finally(() => {
      happening = false;
    });
    let weight = 0;
    do {
      weight = (weight + 1) % 100;
      await server.api.data(apply, { manifests: [canary(weight)] });
    } while (happening || weight < 20);
    await happened;
    await server.api.data(apply, { manifests: [canary(100)] });
  }

  const inStep = () =>
    eventually(
      "every cluster has the last change and says so",
      async () => {
        const { clusters: told } = await server.api.data<{
          clusters: readonly { status: { inSync: boolean } }[];
        }>("{ clusters { status { inSync } } }");
        const hashes = new Set(agents.map(({ held }) => JSON.stringify([...held])));
        const [only] = hashes;
        return hashes.size === 1 && only !== "[]" && told.every(({ status }) => status.inSync) && only;
      },
      40_000,
    );

  it("flushed again and again under load costs no delivery", async () => {
    await changesDuring(async () => {
      for (let round = 0; round < 200; round++) await redis.flush();
    });
    const flushed = await inStep();
    await server.api.data(apply, { manifests: [canary(1)] });
    await eventually("it goes on as before", async () => (await inStep()) !== flushed);
  }, 60_000);

  it("restarted empty under load costs no delivery", async () => {
    await changesDuring(async () => {
      await redis.stop();
      redis = await startRedis(redis.url);
    });
    const restarted = await inStep();
    await server.api.data(apply, { manifests: [canary(2)] });
    await eventually("it goes on as before", async () => (await inStep()) !== restarted);
    expect(agents.every(({ refusals }) => refusals.length === 0)).toBe(true);
  }, 60_000);
});
