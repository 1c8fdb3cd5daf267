import type { BundleReport, Fact } from "@heddle/api";
import { afterEach, describe, expect, it } from "vitest";
import { diffBundles } from "./diff-bundles.ts";
import type { RelayHandlers } from "./server/ports.ts";
import { LiveSession } from "./server/relay-session.ts";
import { eventually } from "./testing/eventually.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { RawPeer } from "./testing/raw-peer.ts";
import { RelayWorld, type TestAgent } from "./testing/relay-world.ts";
import { encodeAgentMessage } from "./wire/contract.ts";
import { type EncodedBundle, encodeBundle } from "./wire/encoded-delivery.ts";

const mib = 1024 * 1024;
let world: RelayWorld;
afterEach(() => world.close());

async function pair(
  options: Parameters<RelayWorld["agent"]>[0] = {},
  overrides: Parameters<typeof RelayWorld.open>[0] = {},
) {
  world = await RelayWorld.open(overrides);
  const agent = world.agent({ identity: await world.identity("cluster-1"), ...options });
  await eventually(() => agent.client.phase === "connected");
  return { agent, session: await eventually(() => world.server.sessions.get("cluster-1")) };
}

const silentHandlers: RelayHandlers = {
  onConnect: async () => undefined,
  onInventory: async () => undefined,
  onStatus: async () => undefined,
  onDeliveryAck: async () => undefined,
  onDisconnect: () => undefined,
};
const bundleOf = (id: string, objects: unknown, hash = `hash of ${id}`) =>
  encodeBundle(id, hash, Buffer.from(JSON.stringify(objects)));
const deliveryOf = (bundles: readonly EncodedBundle[], removed: readonly string[] = []) => ({
  id: "delivery-1",
  revision: 7,
  complete: true,
  bundles,
  removed,
});
const namespaceFact = (name: string): Fact => ({ kind: "Namespace", name, labels: {} });
const acked = (id = "delivery-1") => eventually(() => world.heard.acks.find((ack) => ack.deliveryId === id));

describe("a delivery", () => {
  it.each(["1.0", "1.1"])(
    "is reported to a server of protocol %s, then acknowledged",
    async (protocolVersion) => {
      const report: BundleReport = { bundle: "a", hash: "hash of a", revision: 7, objects: 0, problems: [] };
      const { session } = await pair({ onDelivery: async () => [report] }, { protocolVersion });
      await session.deliver(deliveryOf([bundleOf("a", [])]));
      await acked();
      expect(world.heard.reports).toEqual(["a"]);
    },
  );

  it("arrives whole, is acknowledged after its reports", async () => {
    const report: BundleReport = { bundle: "a", hash: "hash of a", revision: 7, objects: 2, problems: [] };
    let tookMs = 0;
    const onDelivery = async () => {
      const started = performance.now();
      await new Promise((resolve) => setImmediate(resolve));
      tookMs = performance.now() - started;
      return [report];
    };
    const { agent, session } = await pair({ onDelivery });
    const objects = [{ kind: "VirtualService" }, { kind: "DestinationRule", name: "größe" }];
    expect(await session.deliver(deliveryOf([bundleOf("a", objects)], ["old"]))).toEqual({ rejected: [] });
    const { applyMs, ...ack } = await acked();
    expect(ack).toEqual({ deliveryId: "delivery-1", rejected: [] });
    // Microseconds travel.
    expect(applyMs).toBeGreaterThanOrEqual(tookMs - 0.001);
    expect(applyMs).toBeLessThan(tookMs + 1_000);
    expect(world.heard.reports).toEqual(["a"]);
    expect(agent.deliveries).toEqual([
      {
        id: "delivery-1",
        revision: 7,
        complete: true,
        bundles: [{ id: "a", hash: "hash of a", objects }],
        removed: ["old"],
        rejected: [],
      },
    ]);
  });

  it("of 10 MiB in one bundle travels in chunks", async () => {
    const { agent, session } = await pair();
    const objects = [{ kind: "ConfigMap", data: "x".repeat(10 * mib) }];
    await session.deliver(deliveryOf([bundleOf("big", objects)]));
    await acked();
    expect(agent.deliveries[0]?.bundles[0]?.objects).toEqual(objects);
    expect(world.server.reassemblyBytes).toBe(0);
  });

  it("of many bundles comes in several messages and is acknowledged once", async () => {
    const { agent, session } = await pair({}, { limits: { deliveryBytes: 100_000 } });
    const bundles = Array.from({ length: 50 }, (_, index) => bundleOf(`b${index}`, ["y".repeat(20_000)]));
    await session.deliver(deliveryOf(bundles, ["old"]));
    await acked();
    expect(agent.deliveries).toHaveLength(13);
    expect(agent.applied.size).toBe(50);
    expect(agent.deliveries.map((part) => part.complete)).toEqual([...Array(12).fill(false), true]);
    expect(agent.deliveries.flatMap((part) => part.removed)).toEqual(["old"]);
    expect(world.heard.acks).toHaveLength(1);
  });

  it("with one bundle too large goes on without it, and both ends know", async () => {
    const { agent, session } = await pair({}, { limits: { itemBytes: 50_000 } });
    const bundles = [bundleOf("a", []), bundleOf("huge", ["z".repeat(60_000)]), bundleOf("c", [])];
    const { rejected } = await session.deliver(deliveryOf(bundles));
    expect(rejected).toEqual([expect.objectContaining({ id: "huge", code: "TooLarge" })]);
    await acked();
    expect([...agent.applied.keys()]).toEqual(["a", "c"]);
    expect(agent.deliveries[0]?.rejected).toEqual([
      expect.objectContaining({ id: "huge", code: "TooLarge" }),
    ]);
  });

  it.each([
    ["no JSON", "{"],
    ["no array", "{}"],
  ])("with one bundle that is %s names it and applies the rest", async (_what, text) => {
    const { agent, session } = await pair();
    const bundles = [bundleOf("a", []), encodeBundle("broken", "h", Buffer.from(text)), bundleOf("c", [])];
    await session.deliver(deliveryOf(bundles));
    expect((await acked()).rejected).toEqual([expect.objectContaining({ id: "broken", code: "Malformed" })]);
    expect([...agent.applied.keys()]).toEqual(["a", "c"]);
    expect(agent.client.phase).toBe("connected");
  });

  it("is encoded once for any number of agents", async () => {
    const { session } = await pair();
    const other = world.agent({ uid: "cluster-2", identity: await world.identity("cluster-2") });
    const second = await eventually(() => world.server.sessions.get("cluster-2"));
    const bundle = bundleOf("shared", [1, 2, 3]);
    const before = Buffer.from(bundle.field);
    await Promise.all([session.deliver(deliveryOf([bundle])), second.deliver(deliveryOf([bundle]))]);
    await eventually(() => world.heard.acks.length === 2);
    expect(other.applied.get("shared")).toBe("hash of shared");
    expect(before.equals(bundle.field)).toBe(true);
  });

  it("after a break brings only what differs", async () => {
    const { agent, session } = await pair();
    await session.deliver(
      deliveryOf([bundleOf("same", []), bundleOf("changed", [], "v1"), bundleOf("gone", [])]),
    );
    await acked();
    session.close("RELAY_REBALANCED");
    const back = await eventually(() => {
      const now = world.server.sessions.get("cluster-1");
      return now && now.id !== session.id ? now : undefined;
    });
    const desired = [bundleOf("same", []), bundleOf("changed", [], "v2"), bundleOf("new", [])];
    const { upserts, removes } = diffBundles(back.hello.bundles, desired);
    expect(upserts.map((bundle) => bundle.id)).toEqual(["changed", "new"]);
    await back.deliver({ ...deliveryOf(upserts, removes), id: "delivery-2" });
    await acked("delivery-2");
    expect([...agent.applied].sort()).toEqual([
      ["changed", "v2"],
      ["new", "hash of new"],
      ["same", "hash of same"],
    ]);
  });
});

describe("an inventory", () => {
  it("is acknowledged once it is stored", async () => {
    const stored = Promise.withResolvers<void>();
    const received: unknown[] = [];
    const { agent } = await pair(
      {},
      {
        handlers: {
          ...silentHandlers,
          onInventory: async (_session, inventory) => {
            received.push(inventory);
            await stored.promise;
          },
        },
      },
    );
    let acknowledged = false;
    const upserts = [namespaceFact("shop")];
    const sent = agent.client
      .sendInventory({ sequence: 1, full: true, upserts, deletes: ["Namespace//old"] })
      .finally(() => {
        acknowledged = true;
      });
    await eventually(() => received.length === 1);
    expect(acknowledged).toBe(false);
    stored.resolve();
    expect(await sent).toEqual([]);
    expect(received).toEqual([
      { sequence: 1, full: true, upserts, deletes: ["Namespace//old"], rejected: [] },
    ]);
  });

  it("with a fact too large or unreadable goes on without it, and both ends know", async () => {
    const { agent } = await pair({}, { limits: { itemBytes: 2000 } });
    const huge: Fact = { kind: "Namespace", name: "huge", labels: { note: "x".repeat(3000) } };
    const wrong: Fact = { kind: "Namespace", name: "Not A Label", labels: {} };
    const upserts = [namespaceFact("shop"), huge, wrong];
    const rejected = await agent.client.sendInventory({ sequence: 2, full: true, upserts, deletes: [] });
    expect(rejected.map(({ id, code }) => [id, code])).toEqual([
      ["Namespace//huge", "TooLarge"],
      ["Namespace//Not A Label", "Malformed"],
    ]);
    expect(world.heard.inventories[0]?.upserts).toEqual([namespaceFact("shop")]);
    expect(world.heard.inventories[0]?.rejected).toEqual(rejected);
  });

  it("of 5 MiB travels in chunks", async () => {
    const { agent } = await pair();
    const upserts = Array.from(
      { length: 500 },
      (_, index): Fact => ({
        kind: "Namespace",
        name: `ns-${index}`,
        labels: { pad: "p".repeat(10_000) },
      }),
    );
    expect(await agent.client.sendInventory({ sequence: 1, full: true, upserts, deletes: [] })).toEqual([]);
    expect(world.heard.inventories[0]?.upserts).toHaveLength(500);
    expect(world.server.reassemblyBytes).toBe(0);
  });

  it("that could not be stored is not acknowledged: the agent connects again", async () => {
    let attempts = 0;
    const { agent } = await pair(
      {},
      {
        handlers: {
          ...silentHandlers,
          onInventory: async () => {
            if (++attempts === 1) throw new Error("no database");
          },
        },
      },
    );
    const inventory = { sequence: 1, full: true, upserts: [namespaceFact("shop")], deletes: [] };
    await expect(agent.client.sendInventory(inventory)).rejects.toMatchObject({
      code: "RELAY_INTERNAL",
      retryable: true,
    });
    await eventually(() => agent.welcomes === 2 && agent.client.phase === "connected");
    expect(await agent.client.sendInventory(inventory)).toEqual([]);
  });

  it("is asked for when the server needs it", async () => {
    const { agent, session } = await pair();
    await session.requestInventory();
    await eventually(() => agent.inventoryRequests === 1);
  });

  it("cannot be sent without a stream", async () => {
    world = await RelayWorld.open();
    const agent = world.agent({});
    await eventually(() => agent.codes.includes("RELAY_NOT_ENROLLED"));
    const inventory = { sequence: 1, full: true, upserts: [], deletes: [] };
    await expect(agent.client.sendInventory(inventory)).rejects.toMatchObject({ code: "RELAY_CLOSED" });
  });
});

describe("a slow reader", () => {
  it("holds the delivery back, not the server's memory, and is cut off in the end", async () => {
    const clock = new FakeClock();
    world = await RelayWorld.open({
      clock,
      timing: { heartbeatMs: 30_000, goodbyeMs: 1000 },
      limits: { deliveryBytes: mib },
    });
    const peer = new RawPeer(world.address, await world.identity("cluster-1"), { reads: false });
    await peer.hello("cluster-1");
    const session = await eventually(() => world.server.sessions.get("cluster-1"));
    const { field } = bundleOf("b", ["x".repeat(mib - 200_000)]);
    const bundles = Array.from({ length: 1000 }, (_, index) => ({ id: `b${index}`, hash: "h", field }));
    const before = process.memoryUsage().arrayBuffers;
    let settled = false;
    const delivery = session.deliver(deliveryOf(bundles)).finally(() => {
      settled = true;
    });
    delivery.catch(() => undefined);
    expect(session.writable).toBe(false);
    let high = 0;
    for (let turn = 0; turn < 200; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      high = Math.max(high, process.memoryUsage().arrayBuffers - before);
    }
    expect(settled).toBe(false);
    // Of about 850 MiB, with both ends in this process: the peer's window, the 16 messages it reads ahead, garbage, one frame of ours.
    expect(high).toBeLessThan(96 * mib);
    await sayingSomething(peer, clock, () => world.heard.gone.length > 0);
    await expect(delivery).rejects.toMatchObject({ code: "RELAY_TIMEOUT" });
    expect(world.heard.gone).toEqual(["RELAY_TIMEOUT"]);
    clock.advance(1000);
    peer.resume();
    expect(["RELAY_CLOSED", "RELAY_UNREACHABLE"]).toContain((await peer.ended).code);
  });

  /** Time passes; the peer's heartbeats go on. */
  async function sayingSomething(peer: RawPeer, clock: FakeClock, until: () => boolean): Promise<void> {
    await eventually(() => {
      void peer.send(encodeAgentMessage({ case: "heartbeat", value: { sequence: 1 } }));
      clock.advance(1000);
      return until();
    });
  }

  it("gets the newest state when the caller waits for ready", async () => {
    const { agent, session } = await pair();
    const first = session.deliver(deliveryOf([bundleOf("a", ["x".repeat(8 * mib)], "v1")]));
    expect(session.writable).toBe(false);
    await session.ready();
    await first;
    expect(session.writable).toBe(true);
    await session.deliver({ ...deliveryOf([bundleOf("a", [], "v3")]), id: "delivery-2" });
    await acked("delivery-2");
    expect(agent.applied.get("a")).toBe("v3");
  });
});

describe("what agents say", () => {
  it("is handled one after the other, in order", async () => {
    const order: string[] = [];
    const { agent } = await pair(
      {},
      {
        handlers: {
          ...silentHandlers,
          onConnect: async () => {
            await new Promise((resolve) => setImmediate(resolve));
            order.push("connect");
          },
          onInventory: async (_session, { sequence }) => {
            await new Promise((resolve) => setImmediate(resolve));
            order.push(`inventory ${sequence}`);
          },
          onStatus: async () => void order.push("status"),
          onDisconnect: (_session, reason) => void order.push(reason),
        },
      },
    );
    const send = (sequence: number) =>
      agent.client.sendInventory({ sequence, full: false, upserts: [], deletes: [] });
    await Promise.all([send(1), send(2), agent.client.sendStatus([]), send(3)]);
    await agent.client.stop();
    await eventually(() => order.includes("RELAY_STOPPED"));
    expect(order).toEqual([
      "connect",
      "inventory 1",
      "inventory 2",
      "status",
      "inventory 3",
      "RELAY_STOPPED",
    ]);
  });

  it("waits for a slow handler, however long, and is not lost", async () => {
    const clock = new FakeClock();
    const stored = Promise.withResolvers<void>();
    const sequences: number[] = [];
    world = await RelayWorld.open({
      clock,
      timing: { heartbeatMs: 10_000, maxAgeMs: 1e12 },
      handlers: {
        ...silentHandlers,
        onInventory: async (_session, { sequence }) => {
          await stored.promise;
          sequences.push(sequence);
        },
      },
    });
    const peer = new RawPeer(world.address, await world.identity("cluster-1"));
    await peer.hello("cluster-1");
    const session = await eventually(() => world.server.sessions.get("cluster-1"));
    const inventory = (sequence: number) =>
      encodeAgentMessage({ case: "inventoryDelta", value: { sequence: BigInt(sequence) } });
    for (let sequence = 1; sequence <= 20; sequence++) await peer.send(inventory(sequence));
    await eventually(() => session instanceof LiveSession && !session.reading);
    for (let minute = 0; minute < 10; minute++) clock.advance(60_000);
    expect(world.server.sessions.get("cluster-1")?.id).toBe(session.id);
    stored.resolve();
    await eventually(() => sequences.length === 20);
    expect(sequences).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    peer.close();
  });

  it("and still waits when the session is closed is dropped, and the end comes last", async () => {
    const order: string[] = [];
    const stored = Promise.withResolvers<void>();
    world = await RelayWorld.open({
      handlers: {
        ...silentHandlers,
        onStatus: async (_session, [report]) => {
          order.push(`begin ${report?.bundle}`);
          await stored.promise;
          order.push(`end ${report?.bundle}`);
        },
        onDisconnect: (_session, reason) => void order.push(reason),
      },
    });
    const peer = new RawPeer(world.address, await world.identity("cluster-1"));
    await peer.hello("cluster-1");
    const session = await eventually(() => world.server.sessions.get("cluster-1"));
    for (let index = 1; index <= 20; index++) {
      const report: BundleReport = { bundle: `${index}`, hash: "", revision: 1, objects: 0, problems: [] };
      const reports = [Buffer.from(JSON.stringify(report))];
      await peer.send(encodeAgentMessage({ case: "statusReport", value: { reports } }));
    }
    await eventually(() => session instanceof LiveSession && !session.reading);
    session.close("RELAY_REVOKED");
    await peer.ended;
    expect(order).toEqual(["begin 1"]);
    stored.resolve();
    await eventually(() => order.includes("RELAY_REVOKED"));
    expect(order).toEqual(["begin 1", "end 1", "RELAY_REVOKED"]);
  });

  it("never mixes clusters", async () => {
    world = await RelayWorld.open();
    const agents: TestAgent[] = [];
    for (const uid of ["c-1", "c-2", "c-3"])
      agents.push(world.agent({ uid, identity: await world.identity(uid) }));
    await eventually(() => world.server.sessions.size === 3);
    for (const uid of ["c-1", "c-2", "c-3"]) {
      const session = await eventually(() => world.server.sessions.get(uid));
      await session.deliver({ ...deliveryOf([bundleOf(`of ${uid}`, [])]), id: uid });
    }
    await eventually(() => world.heard.acks.length === 3);
    expect(agents.map((agent) => [...agent.applied.keys()])).toEqual([["of c-1"], ["of c-2"], ["of c-3"]]);
  });
});
