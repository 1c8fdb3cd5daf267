import { afterEach, beforeAll, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { apply, canary, shopFacts } from "../testing/samples.ts";
import { registered, startTestAgent, type TestAgent, type TestAgentOptions } from "../testing/test-agent.ts";
import { type TestServer, useTestServers } from "../testing/test-server.ts";

const servers = useTestServers();
let server: TestServer;
const agents: TestAgent[] = [];
beforeAll(async () => {
  server = await servers.start();
  await server.api.data(apply, { manifests: [canary(30)] });
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.stop()));
});

const start = async (options: TestAgentOptions) => {
  const agent = await startTestAgent(server, options);
  agents.push(agent);
  return agent;
};
const connected = (agent: TestAgent) =>
  eventually("it is connected", () => agent.client.phase === "connected");
const refused = (agent: TestAgent, code: (typeof agent.refusals)[number]) =>
  eventually(`it is told ${code}`, () => agent.refusals.includes(code));
const names = async () =>
  (await server.api.data<{ clusters: readonly { name: string }[] }>("{ clusters { name } }")).clusters.map(
    ({ name }) => name,
  );

it("a cluster that was removed while its agent was away is refused when it comes back, and keeps what it owns", async () => {
  const uid = "removed";
  const agent = await start({ cluster: "north", uid });
  await connected(agent);
  await agent.tell(shopFacts);
  await eventually("its bundle arrived", () => agent.held.size > 0);
  const held = [...agent.held];
  const told = agent.deliveries.length;
  await agent.client.stop();
  await server.api.data('mutation { removeCluster(name: "north") }');
  expect(await names()).not.toContain("north");
  await agent.reconnect();
  await refused(agent, "RELAY_REVOKED");
  // With its old token it gets no further.
  await refused(agent, "RELAY_TOKEN_UNKNOWN");
  expect([...agent.held]).toEqual(held);
  expect(agent.deliveries).toHaveLength(told);

  const again = await start({ cluster: "north", uid, held });
  await connected(again);
  await again.tell(shopFacts);
  await eventually("it was compared", () => again.deliveries.some(({ complete }) => complete));
  expect(again.deliveries.flatMap(({ removed }) => removed)).toEqual([]);
  expect([...again.held]).toEqual(held);
});

it("clusters that are removed while they are connected keep what they own", async () => {
  const clusters = Array.from({ length: 8 }, (_, index) => `leaving${index}`);
  const leaving = await Promise.all(clusters.map((cluster) => start({ cluster })));
  for (const agent of leaving) {
    await connected(agent);
    await agent.tell(shopFacts);
    await eventually("its bundle arrived", () => agent.held.size > 0);
  }
  // Other changes are under way, so that deliveries and the end of the streams overtake each other.
  const edits = clusters.map((_, weight) => server.api.data(apply, { manifests: [canary(weight)] }));
  const removals = clusters.map((name) => server.api.data(`mutation { removeCluster(name: "${name}") }`));
  await Promise.all([...edits, ...removals]);
  for (const agent of leaving) await refused(agent, "RELAY_REVOKED");
  expect(leaving.flatMap(({ deliveries }) => deliveries.flatMap(({ removed }) => removed))).toEqual([]);
});

it("a cluster that is registered a second time under another name is refused there, and goes on under its first", async () => {
  const uid = "twice";
  const first = await start({ cluster: "south", uid });
  await connected(first);
  const second = await start({ cluster: "south-again", uid });
  await refused(second, "RELAY_CLUSTER_MISMATCH");
  expect(first.client.phase).toBe("connected");
  expect(first.refusals).toEqual([]);
});

it("a name that another cluster holds is not given away", async () => {
  const first = await start({ cluster: "taken" });
  await connected(first);
  const other = await start({ cluster: "taken" });
  await refused(other, "RELAY_CLUSTER_MISMATCH");
  expect(first.client.phase).toBe("connected");
});

it("of two agents with one identity the newest has the stream, and the other is told so", async () => {
  const uid = "copied";
  const first = await start({ cluster: "west", uid });
  await connected(first);
  const copy = await start({ cluster: "west", uid });
  await refused(first, "RELAY_SUPERSEDED");
  await connected(copy);
});

it("a token that was used is of no use to a second agent", async () => {
  const token = await registered(server, "east");
  await connected(await start({ cluster: "east", token }));
  const thief = await start({ cluster: "east", token });
  await refused(thief, "RELAY_TOKEN_USED");
});
