import { describe, expect, it, vi } from "vitest";
import { author, put } from "../testing/samples.ts";
import { execute, useTestServer } from "../testing/test-database.ts";

const server = useTestServer();

describe("since", () => {
  it("gives whole revisions in order, within the limit but at least one", async () => {
    const { resources, changes } = await server.store();
    await resources.applyBatch([put("a")], author);
    await resources.applyBatch([put("b"), put("c"), put("d")], author);
    await resources.applyBatch([put("e")], author);
    const keys = async (from: number, limit?: number) => {
      const page = await changes.since(from, limit);
      if (page.reload) throw new Error("unexpected reload");
      return [
        page.revision,
        page.changes.map((change) => ("key" in change ? change.key.at(-1) : "")).join(""),
        page.more,
      ];
    };
    expect(await keys(0)).toEqual([3, "abcde", false]);
    expect(await keys(0, 5)).toEqual([3, "abcde", false]);
    expect(await keys(0, 4)).toEqual([2, "abcd", true]);
    expect(await keys(0, 3)).toEqual([1, "a", true]);
    expect(await keys(0, 1)).toEqual([1, "a", true]);
    expect(await keys(1, 1)).toEqual([2, "bcd", true]);
    expect(await keys(2, 1)).toEqual([3, "e", false]);
    expect(await keys(3)).toEqual([3, "", false]);
  });

  it("tells a reader behind what is kept, or ahead of the database, to reload", async () => {
    const { resources, changes, url } = await server.store();
    for (const name of ["a", "b", "c", "d"]) await resources.applyBatch([put(name)], author);
    await changes.compact(2);
    expect(await changes.since(1)).toEqual({ reload: true, revision: 4 });
    expect(await changes.since(2)).toMatchObject({ reload: false, revision: 4, changes: [{}, {}] });
    expect(await changes.since(5)).toEqual({ reload: true, revision: 4 });
    await changes.compact(100);
    expect(await changes.since(1)).toEqual({ reload: true, revision: 4 });
    expect(await execute(url, "SELECT DISTINCT revision::int FROM changes ORDER BY 1")).toEqual([
      { revision: 3 },
      { revision: 4 },
    ]);
  });

  it("never shows a revision before all earlier ones are visible", async () => {
    const { resources, changes } = await server.store();
    let last = 0;
    let done = false;
    const seen: string[] = [];
    const reading = (async () => {
      while (!done || (await changes.revision()) > last) {
        const page = await changes.since(last);
        if (page.reload) throw new Error("unexpected reload");
        seen.push(...page.changes.map((change) => ("key" in change ? change.key : "")));
        last = page.revision;
      }
    })();
    await Promise.all(Array.from({ length: 200 }, (_, i) => resources.applyBatch([put(`r${i}`)], author)));
    done = true;
    await reading;
    expect(last).toBe(200);
    expect(new Set(seen).size).toBe(200);
  });
});

describe("subscribe", () => {
  it("wakes the readers of another replica, in few calls for many commits", async () => {
    const reader = await server.store({ lookEveryMs: 3_600_000 });
    const { openStore } = await import("../store.ts");
    const writer = openStore({ url: reader.url });
    const woken: number[] = [];
    const subscription = reader.changes.subscribe((revision) => woken.push(revision));
    await vi.waitUntil(() => woken.at(-1) === 0);
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => writer.resources.applyBatch([put(`r${i}`)], author)),
    );
    await vi.waitUntil(() => woken.at(-1) === 50);
    expect(woken).toEqual(woken.toSorted((a, b) => a - b));
    subscription.close();
    await writer.resources.applyBatch([put("last")], author);
    await writer.close();
    expect(woken.at(-1)).toBe(50);
  });

  it("comes back when its connection is killed", async () => {
    const { resources, changes, url } = await server.store({ lookEveryMs: 3_600_000 });
    const woken: number[] = [];
    changes.subscribe((revision) => woken.push(revision));
    await vi.waitUntil(() => woken.at(-1) === 0);
    await execute(
      url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'heddle changes' AND datname = current_database()",
    );
    await resources.applyBatch([put("a")], author);
    await vi.waitUntil(() => woken.at(-1) === 1, { timeout: 5_000 });
  });

  it("looks for itself when nobody tells", async () => {
    const { changes, url } = await server.store({ lookEveryMs: 20 });
    const woken: number[] = [];
    changes.subscribe((revision) => woken.push(revision));
    await vi.waitUntil(() => woken.at(-1) === 0);
    await execute(url, "UPDATE revision SET value = 7");
    await vi.waitUntil(() => woken.at(-1) === 7);
  });
});
