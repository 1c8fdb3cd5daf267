import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { apply, canary, shopFacts } from "../testing/samples.ts";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";
import { type TestServer, useTestServers } from "../testing/test-server.ts";

const servers = useTestServers();
let server: TestServer;
let agent: TestAgent;
beforeAll(async () => {
  server = await servers.start();
  agent = await startTestAgent(server, { cluster: "east" });
  await eventually("it is connected", () => agent.client.phase === "connected");
  await agent.tell(shopFacts);
  await server.api.data(apply, { manifests: [canary(30)] });
  await eventually("its bundle arrived", () => agent.held.size > 0);
});
afterAll(() => agent.stop());

const standing = async () => {
  const { resource } = await server.api.data<{
    resource: { status: { conditions: readonly { type: string; reason: string }[] } };
  }>('{ resource(ref: { kind: "tp", name: "canary" }) { status { conditions { type reason } } } }');
  return resource.status.conditions.map(({ reason }) => reason).join(" ");
};

it("a target that disappears is told as TargetNotFound, its objects go, and all comes back with it", async () => {
  const before = [...agent.held];
  await agent.tell(shopFacts.filter(({ kind }) => kind !== "Destination"));
  await eventually("it is told", async () => (await standing()).startsWith("TargetNotFound"));
  await eventually("its objects go", () => agent.held.size === 0);
  await agent.tell(shopFacts);
  await eventually("it is accepted again", async () => (await standing()).startsWith("Accepted"));
  await eventually("it has the same again", () => JSON.stringify([...agent.held]) === JSON.stringify(before));
});

it("a target that only is not seen, as nobody sees its cluster, keeps its objects", async () => {
  const before = [...agent.held];
  const told = agent.deliveries.length;
  await agent.client.stop();
  await eventually("it is away", async () => !(await connected()));
  expect(await standing()).toMatch(/^Accepted/);
  await agent.reconnect();
  await eventually("it is back", connected);
  await eventually("it was compared", () => agent.deliveries.length > told);
  expect(agent.deliveries.at(-1)).toMatchObject({ bundles: [], removed: [] });
  expect([...agent.held]).toEqual(before);
});

async function connected(): Promise<boolean> {
  const { cluster } = await server.api.data<{ cluster: { status: { connected: boolean } } }>(
    '{ cluster(name: "east") { status { connected } } }',
  );
  return cluster.status.connected;
}
