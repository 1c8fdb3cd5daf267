import { describe, expect, it } from "vitest";
import { author, put, remove } from "../testing/samples.ts";
import { execute, useTestServer } from "../testing/test-database.ts";

const server = useTestServer();
const key = "TrafficPolicy/default/a";

describe("applyBatch", () => {
  it("creates, updates, leaves alone and deletes, and says which", async () => {
    const { resources } = await server.store();
    const first = await resources.applyBatch([put("a"), put("b")], author);
    expect(first.revision).toBe(1);
    expect(first.outcomes.map(({ outcome }) => outcome)).toEqual(["created", "created"]);

    const second = await resources.applyBatch([put("b"), put("a", "2s"), remove("c"), put("d")], author);
    expect(second.revision).toBe(2);
    expect(second.outcomes.map(({ key, outcome }) => [key, outcome])).toEqual([
      ["TrafficPolicy/default/b", "unchanged"],
      ["TrafficPolicy/default/a", "updated"],
      ["TrafficPolicy/default/c", "absent"],
      ["TrafficPolicy/default/d", "created"],
    ]);
    const a = await resources.get(key);
    expect(a).toEqual(
      second.outcomes.map((o) => (o.outcome === "updated" ? o.resource : undefined)).find(Boolean),
    );
    expect(a?.metadata).toMatchObject({
      generation: 2,
      resourceVersion: "2",
      name: "a",
      workspace: "default",
    });

    const third = await resources.applyBatch([remove("a")], author);
    expect(third).toMatchObject({
      revision: 3,
      outcomes: [{ outcome: "deleted", resource: { spec: a?.spec } }],
    });
    expect(await resources.get(key)).toBeUndefined();
  });

  it("makes no revision when nothing changes, whatever the order of keys", async () => {
    const { resources, changes } = await server.store();
    const edit = put("a");
    await resources.applyBatch([edit], author);
    const { spec } = edit;
    const reordered = Object.fromEntries(Object.entries(spec).reverse());
    const again = await resources.applyBatch([{ ...edit, spec: reordered }], author);
    expect(again).toMatchObject({ revision: null, outcomes: [{ outcome: "unchanged" }] });
    expect(await changes.revision()).toBe(1);
  });

  it("keeps the generation when only labels change", async () => {
    const { resources } = await server.store();
    await resources.applyBatch([put("a")], author);
    await resources.applyBatch([put("a", "1s", { labels: { tier: "gold" } })], author);
    const stored = await resources.get(key);
    expect(stored?.metadata).toMatchObject({ generation: 1, resourceVersion: "2", labels: { tier: "gold" } });
  });

  it("refuses the whole batch for one stale version, naming the resource", async () => {
    const { resources } = await server.store();
    await resources.applyBatch([put("a")], author);
    await resources.applyBatch([put("a", "2s")], author);
    const stale = resources.applyBatch([put("new"), put("a", "3s", { resourceVersion: "1" })], author);
    await expect(stale).rejects.toMatchObject({ code: "Conflict", message: expect.stringContaining(key) });
    expect(await resources.get("TrafficPolicy/default/new")).toBeUndefined();
    await expect(resources.applyBatch([remove("a", "1")], author)).rejects.toMatchObject({
      code: "Conflict",
    });
    await expect(
      resources.applyBatch([put("z", "1s", { resourceVersion: "1" })], author),
    ).rejects.toMatchObject({
      code: "Conflict",
      message: expect.stringContaining("does not exist"),
    });
    const current = await resources.applyBatch([put("a", "3s", { resourceVersion: "2" })], author);
    expect(current.revision).toBe(3);
  });

  it("refuses two edits of one resource, and text that cannot be stored", async () => {
    const { resources } = await server.store();
    await expect(resources.applyBatch([put("a"), remove("a")], author)).rejects.toMatchObject({
      code: "DuplicateEdit",
    });
    const nul = { ...put("a"), spec: { targets: [{ name: "x\u0000y" }] } };
    await expect(resources.applyBatch([nul], author)).rejects.toMatchObject({ code: "UnstorableText" });
    const half = { ...put("a"), spec: { targets: [{ name: "x\ud800y" }] } };
    await expect(resources.applyBatch([half], author)).rejects.toMatchObject({ code: "UnstorableText" });
    expect(await resources.list()).toEqual({ items: [], next: null });
  });

  it("lets exactly one of many writers of one version win", async () => {
    const { resources } = await server.store();
    await resources.applyBatch([put("a")], author);
    const writers = Array.from({ length: 20 }, (_, i) =>
      resources.applyBatch([put("a", `${i + 2}s`, { resourceVersion: "1" })], author),
    );
    const results = await Promise.allSettled(writers);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "Conflict" });
    expect((await resources.get(key))?.metadata.generation).toBe(2);
  });

  it("puts writers without versions in a line: creators of one name, and batches in opposite orders", async () => {
    const { resources, changes } = await server.store();
    const creators = await Promise.all(
      Array.from({ length: 10 }, (_, i) => resources.applyBatch([put("a", `${i + 1}s`)], author)),
    );
    expect(
      creators.flatMap(({ outcomes }) => outcomes).filter(({ outcome }) => outcome === "created"),
    ).toHaveLength(1);
    expect((await resources.get(key))?.metadata.generation).toBe(10);

    const names = ["a", "b", "c", "d"];
    const batches = Array.from({ length: 20 }, (_, i) =>
      resources.applyBatch(
        (i % 2 === 0 ? names : names.toReversed()).map((name) => put(name, `${i + 20}s`)),
        author,
      ),
    );
    await Promise.all(batches);
    expect(await changes.revision()).toBe(30);
  });
});

describe("reading", () => {
  it("lists by kind, workspace and labels, page by page", async () => {
    const { resources } = await server.store();
    const names = Array.from({ length: 25 }, (_, i) => `p${String(i).padStart(2, "0")}`);
    await resources.applyBatch(
      names.map((name, i) => put(name, "1s", { labels: { parity: i % 2 === 0 ? "even" : "odd" } })),
      author,
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await resources.list({
        kind: "TrafficPolicy",
        labels: { parity: "even" },
        limit: 5,
        cursor,
      });
      expect(page.items.length).toBeLessThanOrEqual(5);
      seen.push(...page.items.map(({ metadata }) => metadata.name));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(names.filter((_, i) => i % 2 === 0));
    expect((await resources.list({ workspace: "other" })).items).toEqual([]);
    expect((await resources.list({ kind: "AccessPolicy" })).items).toEqual([]);
    await expect(resources.list({ cursor: "nonsense" })).rejects.toMatchObject({ code: "CursorInvalid" });
  });

  it("keeps every version with author and message, and shows any revision as it was", async () => {
    const { resources } = await server.store();
    await resources.applyBatch([put("a", "1s"), put("b")], { author: "ada", message: "one" });
    await resources.applyBatch([put("a", "2s")], { author: "bob", message: "two" });
    await resources.applyBatch([remove("a")], { author: "eve", message: "three" });
    await resources.applyBatch([put("a", "4s")], { author: "ada", message: "four" });

    const { items } = await resources.history(key);
    expect(
      items.map(({ revision, generation, author, message, deleted }) => [
        revision,
        generation,
        author,
        message,
        deleted,
      ]),
    ).toEqual([
      [4, 1, "ada", "four", false],
      [3, 2, "eve", "three", true],
      [2, 2, "bob", "two", false],
      [1, 1, "ada", "one", false],
    ]);
    expect(items[0]?.resource.metadata.uid).not.toBe(items[1]?.resource.metadata.uid);
    const firstPage = await resources.history(key, { limit: 3 });
    const rest = await resources.history(key, { limit: 3, cursor: firstPage.next ?? "" });
    expect(rest).toMatchObject({ items: [{ revision: 1 }], next: null });

    const namesAt = async (revision: number) =>
      (await resources.at(revision))
        .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
        .sort();
    expect(await namesAt(0)).toEqual([]);
    expect(await namesAt(1)).toEqual(["a@1", "b@1"]);
    expect(await namesAt(2)).toEqual(["a@2", "b@1"]);
    expect(await namesAt(3)).toEqual(["b@1"]);
    expect(await namesAt(4)).toEqual(["a@4", "b@1"]);
  });
});

describe("a connection killed in the middle of a transaction", () => {
  it("is not noticed by the caller, and nothing is written twice", async () => {
    const { resources, changes, url } = await server.store();
    await resources.applyBatch([put("a")], author);
    // Another session holds the row, so that the batch below waits inside its transaction until it is killed.
    const held = await holdResources(url);
    const applied = resources.applyBatch([put("a", "2s"), put("b")], author);
    await killWaiting(url);
    await held.release();
    expect(await applied).toMatchObject({
      revision: 2,
      outcomes: [{ outcome: "updated" }, { outcome: "created" }],
    });
    expect(await changes.revision()).toBe(2);
  });
});

async function holdResources(url: string) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("BEGIN");
  await client.query("SELECT FROM resources FOR UPDATE");
  return { release: () => client.end() };
}

async function killWaiting(url: string): Promise<void> {
  for (;;) {
    const killed = await execute(
      url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
    );
    if (killed.length > 0) return;
  }
}
