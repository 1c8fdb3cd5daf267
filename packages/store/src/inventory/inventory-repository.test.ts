import type { InventoryDelta } from "@heddle/api";
import { describe, expect, it } from "vitest";
import { destination, destinations } from "../testing/samples.ts";
import { useTestServer } from "../testing/test-database.ts";

const server = useTestServer();

async function storeWithCluster() {
  const store = await server.store();
  await store.clusters.register({ name: "eu-1", uid: "uid-1" });
  return store;
}

function delta(part: Partial<InventoryDelta>): InventoryDelta {
  return { full: false, upserts: [], deletes: [], ...part };
}

describe("applyDelta", () => {
  it("writes what differs and names it", async () => {
    const { inventory, changes } = await storeWithCluster();
    const first = await inventory.applyDelta(
      "eu-1",
      delta({ full: true, upserts: [destination("a"), destination("b")] }),
    );
    expect(first.revision).toBe(2);
    expect(first.changed.toSorted()).toEqual(["Destination/shop/a", "Destination/shop/b"]);

    const again = await inventory.applyDelta(
      "eu-1",
      delta({ full: true, upserts: [destination("b"), destination("a")] }),
    );
    expect(again).toEqual({ revision: null, changed: [] });

    const third = await inventory.applyDelta(
      "eu-1",
      delta({
        upserts: [destination("a", { v: "2" }), destination("b"), destination("c")],
        deletes: ["Destination/shop/b", "Destination/shop/none"],
      }),
    );
    expect(third.revision).toBe(3);
    expect(third.changed.toSorted()).toEqual(["Destination/shop/a", "Destination/shop/c"]);
    expect(await changes.since(2)).toMatchObject({
      revision: 3,
      changes: [{ kind: "fact" }, { kind: "fact" }],
    });
    expect(await inventory.get("eu-1", "Destination/shop/a")).toEqual(destination("a", { v: "2" }));
  });

  it("deletes what a full delta does not name, and only in its cluster", async () => {
    const { inventory, clusters } = await storeWithCluster();
    await clusters.register({ name: "us-1", uid: "uid-2" });
    for (const cluster of ["eu-1", "us-1"])
      await inventory.applyDelta(cluster, delta({ upserts: destinations(3) }));
    const { changed } = await inventory.applyDelta(
      "eu-1",
      delta({ full: true, upserts: [destination("service-1")] }),
    );
    expect(changed.toSorted()).toEqual(["Destination/shop/service-0", "Destination/shop/service-2"]);
    const left = await inventory.list({ kind: "Destination" });
    expect(left.items.map(({ cluster, fact }) => `${cluster} ${fact.name}`)).toEqual([
      "us-1 service-0",
      "eu-1 service-1",
      "us-1 service-1",
      "us-1 service-2",
    ]);
    await inventory.applyDelta("us-1", delta({ deletes: ["Destination/shop/service-2"] }));
    expect((await inventory.list({ kind: "Destination", name: "service-2" })).items).toEqual([]);
  });

  it("takes the last of several facts with one key", async () => {
    const { inventory } = await storeWithCluster();
    await inventory.applyDelta("eu-1", delta({ upserts: [destination("a"), destination("a", { v: "2" })] }));
    expect(await inventory.get("eu-1", "Destination/shop/a")).toEqual(destination("a", { v: "2" }));
  });

  it("names the cluster instead of very many facts", async () => {
    const { inventory, changes } = await storeWithCluster();
    await inventory.applyDelta("eu-1", delta({ upserts: destinations(1_000) }));
    await inventory.applyDelta("eu-1", delta({ upserts: destinations(1_001, { v: "2" }) }));
    const named = await changes.since(1, 1_000);
    expect(named).toMatchObject({ revision: 2, more: true });
    expect(await changes.since(2)).toMatchObject({
      revision: 3,
      changes: [{ kind: "inventory", cluster: "eu-1" }],
    });
  });

  it("refuses a cluster that is not registered", async () => {
    const { inventory } = await server.store();
    await expect(inventory.applyDelta("none", delta({}))).rejects.toMatchObject({ code: "ClusterUnknown" });
  });

  it("ends at one of the deltas that arrive at once, never at a mixture", async () => {
    const { inventory } = await storeWithCluster();
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        inventory.applyDelta("eu-1", delta({ full: true, upserts: destinations(20 + i, { v: String(i) }) })),
      ),
    );
    const { items } = await inventory.list({ kind: "Destination", limit: 1000 });
    const versions = new Set(items.map(({ fact }) => (fact.kind === "Destination" ? fact.labels["v"] : "")));
    expect(versions.size).toBe(1);
    expect(items).toHaveLength(20 + Number([...versions][0]));
  });
});
