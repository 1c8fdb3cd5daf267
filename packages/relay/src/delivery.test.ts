import type { BundleReport } from "@heddle/api";
import { afterEach, describe, expect, it } from "vitest";
import { diffBundles } from "./diff-bundles.ts";
import { eventually } from "./testing/eventually.ts";
import { bundleOf, deliveryOf, Exchange, mib } from "./testing/exchange.ts";
import { encodeBundle } from "./wire/encoded-delivery.ts";

const exchange = new Exchange();
afterEach(() => exchange.close());

describe("a delivery", () => {
  it.each(["1.0", "1.1"])(
    "is reported to a server of protocol %s, then acknowledged",
    async (protocolVersion) => {
      const report: BundleReport = { bundle: "a", hash: "hash of a", revision: 7, objects: 0, problems: [] };
      const { session } = await exchange.pair({ onDelivery: async () => [report] }, { protocolVersion });
      await session.deliver(deliveryOf([bundleOf("a", [])]));
      await exchange.acked();
      expect(exchange.world.heard.reports).toEqual(["a"]);
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
    const { agent, session } = await exchange.pair({ onDelivery });
    const objects = [{ kind: "VirtualService" }, { kind: "DestinationRule", name: "größe" }];
    expect(await session.deliver(deliveryOf([bundleOf("a", objects)], ["old"]))).toEqual({ rejected: [] });
    const { applyMs, ...ack } = await exchange.acked();
    expect(ack).toEqual({ deliveryId: "delivery-1", rejected: [] });
    // Microseconds travel.
    expect(applyMs).toBeGreaterThanOrEqual(tookMs - 0.001);
    expect(applyMs).toBeLessThan(tookMs + 1_000);
    expect(exchange.world.heard.reports).toEqual(["a"]);
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
    const { agent, session } = await exchange.pair();
    const objects = [{ kind: "ConfigMap", data: "x".repeat(10 * mib) }];
    await session.deliver(deliveryOf([bundleOf("big", objects)]));
    await exchange.acked();
    expect(agent.deliveries[0]?.bundles[0]?.objects).toEqual(objects);
    expect(exchange.world.server.reassemblyBytes).toBe(0);
  });

  it("of many bundles comes in several messages and is acknowledged once", async () => {
    const { agent, session } = await exchange.pair({}, { limits: { deliveryBytes: 100_000 } });
    const bundles = Array.from({ length: 50 }, (_, index) => bundleOf(`b${index}`, ["y".repeat(20_000)]));
    await session.deliver(deliveryOf(bundles, ["old"]));
    await exchange.acked();
    expect(agent.deliveries).toHaveLength(13);
    expect(agent.applied.size).toBe(50);
    expect(agent.deliveries.map((part) => part.complete)).toEqual([...Array(12).fill(false), true]);
    expect(agent.deliveries.flatMap((part) => part.removed)).toEqual(["old"]);
    expect(exchange.world.heard.acks).toHaveLength(1);
  });

  it("with one bundle too large goes on without it, and both ends know", async () => {
    const { agent, session } = await exchange.pair({}, { limits: { itemBytes: 50_000 } });
    const bundles = [bundleOf("a", []), bundleOf("huge", ["z".repeat(60_000)]), bundleOf("c", [])];
    const { rejected } = await session.deliver(deliveryOf(bundles));
    expect(rejected).toEqual([expect.objectContaining({ id: "huge", code: "TooLarge" })]);
    await exchange.acked();
    expect([...agent.applied.keys()]).toEqual(["a", "c"]);
    expect(agent.deliveries[0]?.rejected).toEqual([
      expect.objectContaining({ id: "huge", code: "TooLarge" }),
    ]);
  });

  it.each([
    ["no JSON", "{"],
    ["no array", "{}"],
  ])("with one bundle that is %s names it and applies the rest", async (_what, text) => {
    const { agent, session } = await exchange.pair();
    const bundles = [bundleOf("a", []), encodeBundle("broken", "h", Buffer.from(text)), bundleOf("c", [])];
    await session.deliver(deliveryOf(bundles));
    expect((await exchange.acked()).rejected).toEqual([
      expect.objectContaining({ id: "broken", code: "Malformed" }),
    ]);
    expect([...agent.applied.keys()]).toEqual(["a", "c"]);
    expect(agent.client.phase).toBe("connected");
  });

  it("is encoded once for any number of agents", async () => {
    const { session } = await exchange.pair();
    const other = exchange.world.agent({
      uid: "cluster-2",
      identity: await exchange.world.identity("cluster-2"),
    });
    const second = await eventually(() => exchange.world.server.sessions.get("cluster-2"));
    const bundle = bundleOf("shared", [1, 2, 3]);
    const before = Buffer.from(bundle.field);
    await Promise.all([session.deliver(deliveryOf([bundle])), second.deliver(deliveryOf([bundle]))]);
    await eventually(() => exchange.world.heard.acks.length === 2);
    expect(other.applied.get("shared")).toBe("hash of shared");
    expect(before.equals(bundle.field)).toBe(true);
  });

  it("after a break brings only what differs", async () => {
    const { agent, session } = await exchange.pair();
    await session.deliver(
      deliveryOf([bundleOf("same", []), bundleOf("changed", [], "v1"), bundleOf("gone", [])]),
    );
    await exchange.acked();
    session.close("RELAY_REBALANCED");
    const back = await eventually(() => {
      const now = exchange.world.server.sessions.get("cluster-1");
      return now && now.id !== session.id ? now : undefined;
    });
    const desired = [bundleOf("same", []), bundleOf("changed", [], "v2"), bundleOf("new", [])];
    const { upserts, removes } = diffBundles(back.hello.bundles, desired);
    expect(upserts.map((bundle) => bundle.id)).toEqual(["changed", "new"]);
    await back.deliver({ ...deliveryOf(upserts, removes), id: "delivery-2" });
    await exchange.acked("delivery-2");
    expect([...agent.applied].sort()).toEqual([
      ["changed", "v2"],
      ["new", "hash of new"],
      ["same", "hash of same"],
    ]);
  });
});
