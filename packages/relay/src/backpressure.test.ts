import type { BundleReport } from "@heddle/api";
import { afterEach, describe, expect, it } from "vitest";
import type { RelayHandlers } from "./server/ports.ts";
import { LiveSession } from "./server/relay-session.ts";
import { eventually } from "./testing/eventually.ts";
import { bundleOf, deliveryOf, Exchange, mib } from "./testing/exchange.ts";
import { FakeClock } from "./testing/fake-clock.ts";
import { RawPeer } from "./testing/raw-peer.ts";
import type { TestAgent } from "./testing/relay-world.ts";
import { encodeAgentMessage } from "./wire/contract.ts";

const exchange = new Exchange();
afterEach(() => exchange.close());

const silentHandlers: RelayHandlers = {
  onConnect: async () => undefined,
  onInventory: async () => undefined,
  onStatus: async () => undefined,
  onDeliveryAck: async () => undefined,
  onDisconnect: () => undefined,
};

describe("a slow reader", () => {
  it("holds the delivery back, not the server's memory, and is cut off in the end", async () => {
    const clock = new FakeClock();
    await exchange.open({
      clock,
      timing: { heartbeatMs: 30_000, goodbyeMs: 1000 },
      limits: { deliveryBytes: mib },
    });
    const peer = new RawPeer(exchange.world.address, await exchange.world.identity("cluster-1"), {
      reads: false,
    });
    await peer.hello("cluster-1");
    const session = await eventually(() => exchange.world.server.sessions.get("cluster-1"));
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
    await sayingSomething(peer, clock, () => exchange.world.heard.gone.length > 0);
    await expect(delivery).rejects.toMatchObject({ code: "RELAY_TIMEOUT" });
    expect(exchange.world.heard.gone).toEqual(["RELAY_TIMEOUT"]);
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
    const { agent, session } = await exchange.pair();
    const first = session.deliver(deliveryOf([bundleOf("a", ["x".repeat(8 * mib)], "v1")]));
    expect(session.writable).toBe(false);
    await session.ready();
    await first;
    expect(session.writable).toBe(true);
    await session.deliver({ ...deliveryOf([bundleOf("a", [], "v3")]), id: "delivery-2" });
    await exchange.acked("delivery-2");
    expect(agent.applied.get("a")).toBe("v3");
  });
});

describe("what agents say", () => {
  it("is handled one after the other, in order", async () => {
    const order: string[] = [];
    const { agent } = await exchange.pair(
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
    await exchange.open({
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
    const peer = new RawPeer(exchange.world.address, await exchange.world.identity("cluster-1"));
    await peer.hello("cluster-1");
    const session = await eventually(() => exchange.world.server.sessions.get("cluster-1"));
    const inventory = (sequence: number) =>
      encodeAgentMessage({ case: "inventoryDelta", value: { sequence: BigInt(sequence) } });
    for (let sequence = 1; sequence <= 20; sequence++) await peer.send(inventory(sequence));
    await eventually(() => session instanceof LiveSession && !session.reading);
    for (let minute = 0; minute < 10; minute++) clock.advance(60_000);
    expect(exchange.world.server.sessions.get("cluster-1")?.id).toBe(session.id);
    stored.resolve();
    await eventually(() => sequences.length === 20);
    expect(sequences).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    peer.close();
  });

  it("and still waits when the session is closed is dropped, and the end comes last", async () => {
    const order: string[] = [];
    const stored = Promise.withResolvers<void>();
    await exchange.open({
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
    const peer = new RawPeer(exchange.world.address, await exchange.world.identity("cluster-1"));
    await peer.hello("cluster-1");
    const session = await eventually(() => exchange.world.server.sessions.get("cluster-1"));
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
    await exchange.open();
    const agents: TestAgent[] = [];
    for (const uid of ["c-1", "c-2", "c-3"])
      agents.push(exchange.world.agent({ uid, identity: await exchange.world.identity(uid) }));
    await eventually(() => exchange.world.server.sessions.size === 3);
    for (const uid of ["c-1", "c-2", "c-3"]) {
      const session = await eventually(() => exchange.world.server.sessions.get(uid));
      await session.deliver({ ...deliveryOf([bundleOf(`of ${uid}`, [])]), id: uid });
    }
    await eventually(() => exchange.world.heard.acks.length === 3);
    expect(agents.map((agent) => [...agent.applied.keys()])).toEqual([["of c-1"], ["of c-2"], ["of c-3"]]);
  });
});
