import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitUntil } from "../testbed/wait-until.ts";
import { AgentWorld, configMap } from "./agent-world.ts";

/** The agent's program beside a simulated API server; the server's side is played by the test. */
describe("an agent", () => {
  let world: AgentWorld;
  beforeEach(async () => {
    world = await AgentWorld.start();
  });
  afterEach(() => world?.[Symbol.asyncDispose]());

  const whole = { problems: [], hash: "h1" };
  const bundle = (id: string, hash: string, ...names: string[]) => ({
    id,
    hash,
    objects: names.map((name) => configMap(name, hash)),
  });
  const many = (count: number) => Array.from({ length: count }, (_, index) => `many-${index}`);
  const owned = () =>
    world.sim
      .objects("v1", "ConfigMap")
      .filter(({ metadata }) => JSON.stringify(metadata.labels)?.includes("heddle")).length;

  describe("started again", () => {
    it("says what it holds, and writes nothing that is in place", async () => {
      const agent = world.runAgent();
      await world.deliver([bundle("a", "h1", "one", "two"), bundle("b", "h1", "three")]);
      expect(await world.report("a")).toMatchObject({ ...whole, objects: 2 });
      const before = await world.session();
      await agent.stop();
      world.runAgent();
      const { hello } = await world.session(before);
      expect(new Map(hello.bundles.map(({ id, hash }) => [id, hash]))).toEqual(
        new Map([
          ["a", "h1"],
          ["b", "h1"],
        ]),
      );
      const writes = world.count({ verb: "patch", resource: "configmaps" });
      world.reports.length = 0;
      await world.deliver([bundle("a", "h1", "one", "two"), bundle("b", "h1", "three")]);
      expect(await world.report("b")).toMatchObject({ ...whole, objects: 1 });
      expect(writes.struck).toBe(0);
    });

    it("asks for a bundle again whose objects changed while its content is not known", async () => {
      const agent = world.runAgent();
      await world.deliver([bundle("a", "h1", "one")]);
      await world.report("a");
      const before = await world.session();
      await agent.stop();
      world.runAgent();
      await world.session(before);
      world.reports.length = 0;
      await world.delete("one");
      expect(await world.report("a")).toMatchObject({ hash: "", problems: [{ code: "Drifted" }] });
      await world.deliver([bundle("a", "h1", "one")]);
      expect(await world.report("a", ({ hash }) => hash === "h1")).toMatchObject(whole);
      expect(world.value("one")).toBe("h1");
    });

    it.each([
      ["still wanted: it is finished", true],
      ["deleted meanwhile: nothing of it stays", false],
    ])("after it was killed in the middle of a bundle that is %s", async (_how, wanted) => {
      const agent = world.runAgent();
      await world.session();
      const slow = world.sim.faults.add({
        match: { verb: "patch", resource: "configmaps" },
        respond: { delayMs: 60 },
      });
      await world.deliver([bundle("big", "h1", ...many(200)), bundle("other", "h1", "other")]);
      await waitUntil("some of it is there", () => owned() >= 20);
      const before = await world.session();
      await agent.stop();
      slow.remove();
      const half = owned();
      expect(half).toBeLessThan(200);
      world.runAgent();
      const { hello } = await world.session(before);
      expect(hello.bundles).toContainEqual({ id: "big", hash: "" });
      if (wanted) {
        const writes = world.count({ verb: "patch", resource: "configmaps" });
        await world.deliver([bundle("big", "h1", ...many(200)), bundle("other", "h1", "other")]);
        expect(await world.report("big")).toMatchObject({ ...whole, objects: 200 });
        expect(owned()).toBe(201);
        expect(writes.struck).toBeLessThanOrEqual(201);
      } else {
        await world.deliver([], ["big"]);
        expect(await world.report("big")).toMatchObject({ hash: "", problems: [], objects: 0 });
        expect(owned()).toBe(hello.bundles.some(({ id }) => id === "other") ? 1 : 0);
      }
    });

    it("connects by its identity when its token is gone", async () => {
      const agent = world.runAgent();
      const before = await world.session();
      await agent.stop();
      const again = world.runAgent({ HEDDLE_TOKEN: "", HEDDLE_TOKEN_FILE: `${world.folder}/not-there` });
      await world.session(before);
      expect(again.log()).not.toContain("enrolling");
    });

    it("says that its certificate has expired, and tries slowly, when there is no token", async () => {
      world.relay.authority.ttlMs = 2_000;
      const agent = world.runAgent();
      const { certificate } = await world.session();
      await agent.stop();
      await waitUntil("the certificate has expired", () => Date.now() > certificate.notAfter);
      const again = world.runAgent({ HEDDLE_TOKEN: "" });
      await waitUntil("it is said", () => again.log().includes("RELAY_CERTIFICATE_EXPIRED"));
      expect(Number(/"waitMs":(\d+)/.exec(again.log())?.[1])).toBeGreaterThanOrEqual(15_000);
      expect(again.running).toBe(true);
    });
  });

  describe("left alone", () => {
    it("keeps and repairs everything while the server is gone, and comes back", async () => {
      world.runAgent();
      await world.deliver([bundle("a", "h1", "one", "two")]);
      await world.report("a");
      const before = await world.session();
      const { port } = world.relay.server.address;
      await world.relay.server.close({ graceMs: 100 });
      await world.delete("one");
      await waitUntil("it is repaired", () => world.value("one") === "h1");
      expect(owned()).toBe(2);
      await world.relay.startServer(port);
      const { hello } = await world.session(before);
      expect(hello.bundles).toEqual([{ id: "a", hash: "h1" }]);
    });

    it("applies what was delivered while the API server was gone, once it is back", async () => {
      world.runAgent();
      await world.deliver([bundle("a", "h1", "one")]);
      await world.report("a");
      await world.sim.pause();
      await world.deliver([bundle("a", "h2", "one"), bundle("b", "h1", "two")]);
      expect(await world.report("b", ({ problems }) => problems.length > 0)).toMatchObject({
        problems: [{ code: "Unavailable" }],
      });
      await world.sim.resume();
      expect(await world.report("a", ({ problems }) => problems.length === 0)).toMatchObject({ hash: "h2" });
      expect([world.value("one"), world.value("two")]).toEqual(["h2", "h1"]);
    });
  });

  it("ends when another agent of its cluster takes over, and that one has its say", async () => {
    const first = world.runAgent({}, "first");
    await world.deliver([bundle("a", "h1", "one"), bundle("b", "h1", "two")]);
    await world.report("a");
    const before = await world.session();
    world.runAgent({}, "second");
    const { hello } = await world.session(before);
    expect(await first.ended).toBe(1);
    expect(first.log()).toContain("another agent of this cluster has taken over");
    expect(new Set(hello.bundles.map(({ id }) => id))).toEqual(new Set(["a", "b"]));
    expect(owned()).toBe(2);
    await world.deliver([bundle("a", "h2", "one")], ["b"]);
    await world.report("a", ({ hash }) => hash === "h2");
    expect([world.value("one"), world.value("two")]).toEqual(["h2", undefined]);
  });

  it("reports drift and leaves it, where that is what the server wants", async () => {
    world.runAgent();
    const before = await world.session();
    for (const [uid, cluster] of world.relay.authority.clusters)
      world.relay.authority.clusters.set(uid, { ...cluster, driftMode: "report" });
    before.close("RELAY_REBALANCED");
    await world.session(before);
    await world.deliver([bundle("a", "h1", "one", "two")]);
    await world.report("a");
    await world.edit("one", "by hand");
    expect(await world.report("a", ({ problems }) => problems.length > 0)).toMatchObject({
      hash: "h1",
      problems: [{ code: "Drifted", object: "v1|ConfigMap|default|one", owner: "kubectl-edit" }],
    });
    expect(world.value("one")).toBe("by hand");
  });

  it("applies what a user held, soon after the user has let go of it", async () => {
    world.sim.seed([{ ...configMap("one", "mine"), metadata: { name: "one", namespace: "default" } }]);
    world.runAgent();
    await world.deliver([bundle("a", "h1", "one", "two")]);
    expect(await world.report("a")).toMatchObject({ hash: "h1", problems: [{ code: "NotOwned" }] });
    expect(world.value("one")).toBe("mine");
    await world.delete("one");
    expect(await world.report("a", ({ problems }) => problems.length === 0)).toMatchObject(whole);
    expect(world.value("one")).toBe("h1");
  });

  it("tries a removal again that failed", async () => {
    world.runAgent();
    await world.deliver([bundle("a", "h1", "one")]);
    await world.report("a");
    world.sim.faults.add({
      match: { verb: "delete", resource: "configmaps" },
      times: 1,
      respond: { status: 403, reason: "Forbidden" },
    });
    await world.deliver([], ["a"]);
    await world.report("a", ({ hash, problems }) => hash === "" && problems.length === 1);
    await world.report("a", ({ hash, problems }) => hash === "" && problems.length === 0);
    expect(world.value("one")).toBeUndefined();
  });
});
