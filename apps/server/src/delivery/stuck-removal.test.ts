import { expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { apply, canary, shopFacts } from "../testing/samples.ts";
import { startTestAgent } from "../testing/test-agent.ts";
import { useTestServers } from "../testing/test-server.ts";

const servers = useTestServers();

it("a removal that does not come to its end is asked for once: its agent tries it again", async () => {
  const server = await servers.start();
  const agent = await startTestAgent(server, {
    cluster: "east",
    onDelivery: async ({ revision, bundles, removed }) => [
      ...bundles.map(({ id, hash }) => ({ bundle: id, hash, revision, objects: 1, problems: [] })),
      ...removed.map((bundle) => ({
        bundle,
        hash: "",
        revision,
        objects: 1,
        problems: [{ object: "v1|Service|shop|a", code: "Terminating" as const, message: "waits" }],
      })),
    ],
  });
  await eventually("it is connected", () => agent.client.phase === "connected");
  await agent.tell(shopFacts);
  await server.api.data(apply, { manifests: [canary(30)] });
  await eventually("its bundle arrived", () => agent.held.size > 0);
  await server.api.data('mutation { delete(refs: [{ kind: "tp", name: "canary" }]) { written } }');
  const problems = async () =>
    (
      await server.api.data<{ cluster: { problems: readonly { code: string }[] } }>(
        '{ cluster(name: "east") { problems { code } } }',
      )
    ).cluster.problems.map(({ code }) => code);
  await eventually("it is told", async () => (await problems()).includes("Terminating"));
  // A later change arrives after whatever would have been asked for meanwhile.
  await server.api.data(apply, { manifests: [canary(40, "later")] });
  await eventually("the later change arrived", () => agent.deliveries.at(-1)?.bundles.length === 1);
  expect(agent.deliveries.filter(({ removed }) => removed.length > 0)).toHaveLength(1);
  await agent.stop();
});
