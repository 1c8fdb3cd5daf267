import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { apply, canary, shopFacts } from "../testing/samples.ts";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";
import { hasRedis, startRedis } from "../testing/test-redis.ts";
import { type TestServer, useTestServers } from "../testing/test-server.ts";

const servers = useTestServers();

interface Standing {
  readonly cluster: {
    readonly status: { readonly connected: boolean; readonly inSync: boolean };
    readonly problems: readonly object[];
  };
}
const standing = (server: TestServer, name: string) =>
  server.api.data<Standing>(
    "query($name: String!) { cluster(name: $name) { status { connected inSync } problems { code } } }",
    { name },
  );
const counts = async (server: TestServer, name: string) =>
  (
    await server.api.data<{ resource: { status: { clusters: object } } }>(
      'query($name: String!) { resource(ref: { kind: "tp", name: $name }) { status { clusters { total programmed pending failed } } } }',
      { name },
    )
  ).resource.status.clusters;

const remove = 'mutation($name: String!) { delete(refs: [{ kind: "tp", name: $name }]) { written } }';

/** What holds whatever the queue stands on. */
function deliveryContract(name: string, server: () => TestServer) {
  describe(`delivery over ${name}`, () => {
    const cluster = `east-${name.toLowerCase()}`;
    const policy = `canary-${name.toLowerCase()}`;
    let agent: TestAgent;
    beforeAll(async () => {
      agent = await startTestAgent(server(), { cluster });
    });
    afterAll(async () => {
      await agent.stop();
      await server().api.data(remove, { name: policy });
    });

    it("enrols an agent, takes its inventory and brings it what concerns it", async () => {
      await eventually("it is connected", () => agent.client.phase === "connected");
      await agent.tell(shopFacts);
      await eventually("the destination is known", async () => {
        const { cluster: found } = await server().api.data<{ cluster: { destinations: number } }>(
          "query($name: String!) { cluster(name: $name) { destinations } }",
          { name: cluster },
        );
        return found.destinations === 1;
      });
      await server().api.data(apply, { manifests: [canary(90, policy)] });
      await eventually("its bundle arrived", () => agent.held.size > 0);
      expect(await counts(server(), policy)).toMatchObject({ total: 1, pending: 1 });
      await agent.reportHeld();
      await eventually("it counts as programmed", async () => {
        const { programmed } = (await counts(server(), policy)) as { programmed: number };
        return programmed === 1;
      });
      await eventually(
        "it is in sync",
        async () => (await standing(server(), cluster)).cluster.status.inSync,
      );
    });

    it("brings changes, and takes away what is deleted", async () => {
      const before = new Map(agent.held);
      await server().api.data(apply, { manifests: [canary(40, policy)] });
      await eventually("another content arrived", () =>
        [...agent.held].some(([id, hash]) => before.get(id) !== hash),
      );
      await server().api.data(remove, { name: policy });
      await eventually("nothing is left", () => agent.held.size === 0);
      await eventually(
        "it is in sync",
        async () => (await standing(server(), cluster)).cluster.status.inSync,
      );
    });

    it("makes up for a report that was lost from what the agent says it holds", async () => {
      await server().api.data(apply, { manifests: [canary(55, policy)] });
      await eventually("its bundle arrived", () => agent.held.size > 0);
      expect(await counts(server(), policy)).toMatchObject({ total: 1, pending: 1 });
      await agent.reconnect();
      await eventually("it counts as programmed", async () => {
        const { programmed } = (await counts(server(), policy)) as { programmed: number };
        return programmed === 1;
      });
      await server().api.data(remove, { name: policy });
      await eventually("nothing is left", () => agent.held.size === 0);
    });

    it("comes back into step when a change is undone before it was delivered", async () => {
      for (const weight of [10, 20, 10, 20, 10])
        void server().api.data(apply, { manifests: [canary(weight, policy)] });
      await eventually("it is in sync", async () => {
        const { inSync } = (await standing(server(), cluster)).cluster.status;
        return inSync && agent.held.size > 0;
      });
    });

    it("names what an agent could not apply", async () => {
      const [id = "", hash = ""] = [...agent.held][0] ?? [];
      const object = "networking.istio.io/v1|VirtualService|shop|reviews";
      const problems = [{ object, code: "NotOwned", message: "another has it" }] as const;
      const { revision } = await server().api.data<{ revision: number }>("{ revision }");
      await agent.report([{ bundle: id, hash, revision, objects: 1, problems: [...problems] }]);
      await eventually("the problem is told", async () => {
        const { problems: told } = (await standing(server(), cluster)).cluster;
        return told.length === 1;
      });
      await agent.report([{ bundle: id, hash, revision: revision + 1, objects: 1, problems: [] }]);
      await eventually(
        "and is gone",
        async () => (await standing(server(), cluster)).cluster.problems.length === 0,
      );
    });

    it("ends the stream of a cluster that is removed, for good", async () => {
      await server().api.data("mutation($name: String!) { removeCluster(name: $name) }", { name: cluster });
      await eventually("the agent heard of it", () => agent.refusals.includes("RELAY_REVOKED"));
      await eventually("no one holds it", async () => {
        const answer = await server().api.data<{ cluster: object | null }>(
          "query($name: String!) { cluster(name: $name) { name } }",
          { name: cluster },
        );
        return answer.cluster === null;
      });
    });
  });
}

let onPostgres: TestServer;
beforeAll(async () => {
  onPostgres = await servers.start({}, { sweepMs: 200 });
});
deliveryContract("PostgreSQL", () => onPostgres);

describe.skipIf(!hasRedis)("with Redis", () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let onRedis: TestServer;
  beforeAll(async () => {
    redis = await startRedis();
    onRedis = await servers.start({ redisUrl: redis.url, replica: "redis" }, { sweepMs: 200 });
  });
  afterAll(() => redis.stop());

  deliveryContract("Redis", () => onRedis);

  it("goes on delivering when Redis is lost", async () => {
    const agent = await startTestAgent(onRedis, { cluster: "orphan" });
    await eventually("it is connected", () => agent.client.phase === "connected");
    await agent.tell(shopFacts);
    await redis.stop();
    await onRedis.api.data(apply, { manifests: [canary(70, "orphan")] });
    await eventually("it arrived all the same", () => agent.held.size > 0, 30_000);
    await agent.stop();
  }, 60_000);
});
