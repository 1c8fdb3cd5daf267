import { factKey } from "@heddle/api";
import { describe, expect, it } from "vitest";
import { author, destination, destinations, type PutEdit, put, remove } from "../testing/samples.ts";
import { useTestServer } from "../testing/test-database.ts";
import type { SnapshotDelta, StoredSnapshot } from "./snapshot-repository.ts";

const server = useTestServer();

describe("load", () => {
  it("gives every input at one revision", async () => {
    const { clusters, inventory, resources, snapshot } = await server.store();
    expect(await snapshot.load()).toEqual({
      revision: 0,
      clusters: [],
      facts: new Map(),
      resources: [],
      earlier: new Map(),
    });
    const eu = await clusters.register({ name: "eu-1", uid: "1" });
    const us = await clusters.register({ name: "us-1", uid: "2", region: "us" });
    await inventory.applyDelta("eu-1", { full: true, upserts: [destination("a")], deletes: [] });
    await resources.applyBatch([put("a")], author);
    const loaded = await snapshot.load();
    expect(loaded).toMatchObject({
      revision: 4,
      clusters: [eu, us],
      resources: [{ metadata: { name: "a" } }],
    });
    expect(loaded.facts).toEqual(
      new Map([
        ["eu-1", [destination("a")]],
        ["us-1", []],
      ]),
    );
  });

  it("gives the generations that may stand in for those that want all or nothing", async () => {
    const { resources, snapshot } = await server.store();
    const strict = (timeout: string, labels = {}): PutEdit => {
      const edit = put("a", timeout, { labels });
      return { ...edit, spec: { ...edit.spec, onUnsupported: "reject" } };
    };
    for (const edit of [put("a", "1s"), put("a", "2s"), strict("3s"), strict("3s", { x: "y" }), strict("4s")])
      await resources.applyBatch([edit], author);
    const { earlier } = await snapshot.load();
    expect(
      earlier
        .get("TrafficPolicy/default/a")
        ?.map(({ metadata: { generation, labels }, spec }) => [generation, labels, spec.defaults?.timeout]),
    ).toEqual([
      [3, { x: "y" }, { request: "3s" }],
      [2, {}, { request: "2s" }],
    ]);
    // What had the same name before it was deleted is another resource.
    await resources.applyBatch([remove("a")], author);
    await resources.applyBatch([strict("5s")], author);
    expect((await snapshot.load()).earlier).toEqual(new Map([]));
  });

  it("is consistent while others write", async () => {
    const { resources, snapshot } = await server.store();
    await resources.applyBatch([put("a", "0s"), put("b", "0s")], author);
    const writing = (async () => {
      for (let i = 1; i <= 50; i += 1)
        await resources.applyBatch([put("a", `${i}s`), put("b", `${i}s`)], author);
    })();
    let revision = 0;
    while (revision < 51) {
      const loaded = await snapshot.load();
      revision = loaded.revision;
      expect(loaded.resources.map(({ metadata }) => metadata.resourceVersion)).toEqual([
        String(revision),
        String(revision),
      ]);
    }
    await writing;
  });
});

describe("since", () => {
  it("brings an old snapshot to the state of a new one, in steps of any size", async () => {
    const { clusters, inventory, resources, snapshot, changes } = await server.store();
    await clusters.register({ name: "eu-1", uid: "1" });
    await clusters.register({ name: "us-1", uid: "2" });
    await inventory.applyDelta("eu-1", { full: true, upserts: destinations(10), deletes: [] });
    await inventory.applyDelta("us-1", { full: true, upserts: destinations(5), deletes: [] });
    const strict: PutEdit = { ...put("d"), spec: { ...put("d").spec, onUnsupported: "reject" } };
    await resources.applyBatch([put("a"), put("b"), put("d", "5s")], author);
    const start = await snapshot.load();

    await resources.applyBatch([put("a", "2s"), remove("b"), put("c"), strict], author);
    await inventory.applyDelta("eu-1", {
      full: false,
      upserts: [destination("new")],
      deletes: ["Destination/shop/service-1"],
    });
    await inventory.applyDelta("eu-1", {
      full: false,
      upserts: destinations(1_500, { many: "yes" }),
      deletes: [],
    });
    await clusters.update("eu-1", { paused: true });
    // Removed and registered anew: what its predecessor had must not stay.
    await clusters.remove("us-1");
    await clusters.register({ name: "us-1", uid: "3" });
    await clusters.register({ name: "ap-1", uid: "4" });
    await clusters.remove("ap-1");
    const end = await snapshot.load();

    for (const limit of [1, 2, 3, 1_000]) {
      const reached = await follow(start, (revision) => snapshot.since(revision, limit));
      expect(comparable(reached)).toEqual(comparable(end));
    }
    await changes.compact(0);
    expect(await snapshot.since(start.revision)).toEqual({ reload: true, revision: end.revision });
  });
});

async function follow(
  from: StoredSnapshot,
  since: (revision: number) => Promise<SnapshotDelta | { readonly reload: true }>,
): Promise<StoredSnapshot> {
  const clusters = new Map(from.clusters.map((cluster) => [cluster.name, cluster]));
  const facts = new Map(from.facts);
  const resources = new Map(from.resources.map((resource) => [resource.metadata.name, resource]));
  const earlier = new Map(from.earlier);
  for (let revision = from.revision; ; ) {
    const delta = await since(revision);
    if (delta.reload) throw new Error("unexpected reload");
    for (const [name, cluster] of delta.clusters) {
      if (cluster !== null) clusters.set(name, cluster);
      else clusters.delete(name);
      if (cluster === null) facts.delete(name);
    }
    for (const [cluster, { full, upserts, deletes }] of delta.inventory) {
      const kept = new Map((full ? [] : (facts.get(cluster) ?? [])).map((fact) => [factKey(fact), fact]));
      for (const fact of upserts) kept.set(factKey(fact), fact);
      for (const key of deletes) kept.delete(key);
      facts.set(cluster, [...kept.values()]);
    }
    for (const [key, resource] of delta.resources) {
      const name = key.split("/")[2] ?? "";
      if (resource !== null) resources.set(name, resource);
      else resources.delete(name);
      earlier.delete(key);
    }
    for (const [key, before] of delta.earlier) earlier.set(key, before);
    revision = delta.revision;
    if (!delta.more)
      return {
        revision,
        clusters: [...clusters.values()],
        facts,
        resources: [...resources.values()],
        earlier,
      };
  }
}

function comparable({ revision, clusters, facts, resources, earlier }: StoredSnapshot) {
  return {
    revision,
    earlier,
    clusters: new Map(clusters.map((cluster) => [cluster.name, cluster])),
    facts: new Map(
      Array.from(facts, ([cluster, all]) => [cluster, new Map(all.map((fact) => [factKey(fact), fact]))]),
    ),
    resources: new Map(resources.map((resource) => [resource.metadata.name, resource])),
  };
}
