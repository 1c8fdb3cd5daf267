import type { Fact } from "@heddle/api";
import { afterEach, describe, expect, it } from "vitest";
import type { RelayHandlers } from "./server/ports.ts";
import { eventually } from "./testing/eventually.ts";
import { Exchange } from "./testing/exchange.ts";

const exchange = new Exchange();
afterEach(() => exchange.close());

const silentHandlers: RelayHandlers = {
  onConnect: async () => undefined,
  onInventory: async () => undefined,
  onStatus: async () => undefined,
  onDeliveryAck: async () => undefined,
  onDisconnect: () => undefined,
};

const namespaceFact = (name: string): Fact => ({ kind: "Namespace", name, labels: {} });

describe("an inventory", () => {
  it("is acknowledged once it is stored", async () => {
    const stored = Promise.withResolvers<void>();
    const received: unknown[] = [];
    const { agent } = await exchange.pair(
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
    const { agent } = await exchange.pair({}, { limits: { itemBytes: 2000 } });
    const huge: Fact = { kind: "Namespace", name: "huge", labels: { note: "x".repeat(3000) } };
    const wrong: Fact = { kind: "Namespace", name: "Not A Label", labels: {} };
    const upserts = [namespaceFact("shop"), huge, wrong];
    const rejected = await agent.client.sendInventory({ sequence: 2, full: true, upserts, deletes: [] });
    expect(rejected.map(({ id, code }) => [id, code])).toEqual([
      ["Namespace//huge", "TooLarge"],
      ["Namespace//Not A Label", "Malformed"],
    ]);
    expect(exchange.world.heard.inventories[0]?.upserts).toEqual([namespaceFact("shop")]);
    expect(exchange.world.heard.inventories[0]?.rejected).toEqual(rejected);
  });

  it("of 5 MiB travels in chunks", async () => {
    const { agent } = await exchange.pair();
    const upserts = Array.from(
      { length: 500 },
      (_, index): Fact => ({
        kind: "Namespace",
        name: `ns-${index}`,
        labels: { pad: "p".repeat(10_000) },
      }),
    );
    expect(await agent.client.sendInventory({ sequence: 1, full: true, upserts, deletes: [] })).toEqual([]);
    expect(exchange.world.heard.inventories[0]?.upserts).toHaveLength(500);
    expect(exchange.world.server.reassemblyBytes).toBe(0);
  });

  it("that could not be stored is not acknowledged: the agent connects again", async () => {
    let attempts = 0;
    const { agent } = await exchange.pair(
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
    const { agent, session } = await exchange.pair();
    await session.requestInventory();
    await eventually(() => agent.inventoryRequests === 1);
  });

  it("cannot be sent without a stream", async () => {
    await exchange.open();
    const agent = exchange.world.agent({});
    await eventually(() => agent.codes.includes("RELAY_NOT_ENROLLED"));
    const inventory = { sequence: 1, full: true, upserts: [], deletes: [] };
    await expect(agent.client.sendInventory(inventory)).rejects.toMatchObject({ code: "RELAY_CLOSED" });
  });
});
