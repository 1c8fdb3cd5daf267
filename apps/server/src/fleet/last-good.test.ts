import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { apply, manifest, shopFacts } from "../testing/samples.ts";
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
});
afterAll(() => agent.stop());

const policy = (timeout: object, onUnsupported = "warn") =>
  manifest("TrafficPolicy", "calm", {
    targets: [{ name: "reviews", namespace: "shop" }],
    onUnsupported,
    defaults: { timeout },
  });

const told = async ({ api }: TestServer) => {
  const { resource } = await api.data<{
    resource: { report: { state: string; findings: { code: string; reason: string }[] }[] };
  }>('{ resource(ref: { kind: "tp", name: "calm" }) { report { state findings { code reason } } } }');
  return resource.report;
};

it("keeps the last good generation in force, and a server that starts later does so, too", async () => {
  await server.api.data(apply, { manifests: [policy({ request: "1s" })] });
  await eventually("it arrived", () => agent.held.size === 1);
  const good = [...agent.held];
  await agent.reportHeld();
  await eventually("it is programmed", async () => (await told(server))[0]?.state === "programmed");
  // Istio has no idle timeout of a route, and the author wants all of it or nothing.
  await server.api.data(apply, { manifests: [policy({ request: "2s", idle: "5s" }, "reject")] });
  const kept = { code: "LAST_GOOD_IN_FORCE", reason: expect.stringContaining("generation 1 stays in force") };
  await eventually("it is told", async () => (await told(server))[0]?.findings.length === 1);
  // With any other content wanted than what the agent reported it would be pending.
  const still = [{ state: "partiallyProgrammed", findings: [kept] }];
  expect(await told(server)).toEqual(still);
  expect([...agent.held]).toEqual(good);
  const later = await servers.start({ replica: "later" });
  expect(await told(later)).toEqual(still);
});
