import { describe, expect, it } from "vitest";
import { execute, useTestServer } from "../testing/test-database.ts";

const server = useTestServer();

describe("replicas", () => {
  it("tells those that have been silent, until they speak or are removed", async () => {
    const store = await server.store();
    await store.replicas.beat("a");
    await store.replicas.beat("b");
    expect(await store.replicas.silent(60_000)).toEqual([]);
    await execute(store.url, "UPDATE replicas SET seen_at = now() - interval '2 minutes'");
    expect(await store.replicas.silent(60_000)).toEqual(["a", "b"]);
    await store.replicas.beat("a");
    expect(await store.replicas.silent(60_000)).toEqual(["b"]);
    await store.replicas.remove("b");
    expect(await store.replicas.silent(60_000)).toEqual([]);
  });
});
