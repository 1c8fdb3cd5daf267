import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KubeClient } from "../client/client.ts";
import { connectTo } from "../client/connection.ts";
import { Discovery } from "../client/discovery.ts";
import { KubeError } from "../client/kube-error.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { item, list, type OpenWatch, ScriptedApiServer, status } from "../testing/scripted-api-server.ts";
import { Reflector, type ReflectorOptions } from "./reflector.ts";

let server: ScriptedApiServer;
let clock: FakeClock;
let stop: AbortController;
/** The consumer's view: what applying every delta gives. */
let seen: Map<string, string>;
let batches: number;
let failures: unknown[];
let running: Promise<void> | undefined;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  clock = new FakeClock();
  stop = new AbortController();
  seen = new Map();
  batches = 0;
  failures = [];
  running = undefined;
});
afterEach(async () => {
  stop.abort(new Error("the test is over"));
  await running;
  await server[Symbol.asyncDispose]();
});

function start(options: Partial<ReflectorOptions<string>> = {}): Reflector<string> {
  const client = new KubeClient(connectTo({ server: server.url }), { clock });
  const reflector = new Reflector<string>({
    client,
    discovery: new Discovery(client, clock),
    apiVersion: "v1",
    kind: "ConfigMap",
    clock,
    random: () => 1,
    project: (object) =>
      object.metadata.name.startsWith("-") ? undefined : String(object.metadata.resourceVersion),
    onDelta: ({ upserts, deletes }) => {
      batches += 1;
      for (const key of deletes) seen.delete(key);
      for (const [key, value] of upserts) seen.set(key, value);
    },
    onFailure: (error) => failures.push(error),
    ...options,
  });
  running = reflector.run(stop.signal);
  return reflector;
}

const soon = { timeout: 5_000, interval: 5 };
const watchNumber = async (number: number): Promise<OpenWatch> => {
  await expect.poll(() => server.watches.length, soon).toBeGreaterThanOrEqual(number);
  const watch = server.watches[number - 1];
  if (!watch) throw new Error("no watch");
  return watch;
};
const seenToBe = async (expected: Record<string, string>) => {
  await expect
    .poll(async () => {
      await clock.advance(50);
      return Object.fromEntries(seen);
    }, soon)
    .toEqual(expected);
};
/** Waits until the reflector sleeps before another attempt, and lets it wake. */
const afterBackoff = async (ms: number) => {
  await expect.poll(() => clock.waits, soon).toContain(ms);
  await clock.advance(ms);
};

it("lists page by page, then watches from where the list was made", async () => {
  server.onList = ({ query }) =>
    query.get("continue") === "more"
      ? { body: list("7", [item("b", "3")]) }
      : { body: list("7", [item("a", "2")], "more") };
  const reflector = start({ pageSize: 1 });
  await reflector.synced;
  expect(Object.fromEntries(seen)).toEqual({ "ns/a": "2", "ns/b": "3" });
  expect(server.lists.map(({ query }) => query.get("limit"))).toEqual(["1", "1"]);
  const watch = await watchNumber(1);
  expect(watch.request.query.get("resourceVersion")).toBe("7");
  expect(watch.request.query.get("allowWatchBookmarks")).toBe("true");
  expect(reflector.state).toBe("watching");
});

it("hands over many events as one batch, the newest of each key", async () => {
  start();
  const watch = await watchNumber(1);
  watch.send("ADDED", item("a", "2"));
  watch.send("MODIFIED", item("a", "3"));
  watch.send("ADDED", item("b", "4"));
  watch.send("DELETED", item("b", "5"));
  await seenToBe({ "ns/a": "3" });
  expect(batches).toBe(1);
});

it("hands over nothing of what is of no interest, and deletes what ceases to be", async () => {
  server.onList = () => ({ body: list("1", [item("-hidden", "1"), item("a", "1")]) });
  let interesting = true;
  const reflector = start({
    project: (object) => (interesting && object.metadata.name === "a" ? "kept" : undefined),
  });
  await reflector.synced;
  expect(Object.fromEntries(seen)).toEqual({ "ns/a": "kept" });
  interesting = false;
  (await watchNumber(1)).send("MODIFIED", item("a", "2"));
  await seenToBe({});
});

it("resumes a watch that the server ended at the last version it heard of, bookmarks included", async () => {
  start();
  const watch = await watchNumber(1);
  watch.send("ADDED", item("a", "5"));
  watch.send("BOOKMARK", { metadata: { resourceVersion: "9" } });
  await seenToBe({ "ns/a": "5" });
  watch.end();
  expect((await watchNumber(2)).request.query.get("resourceVersion")).toBe("9");
  expect(server.lists).toHaveLength(1);
  expect(failures).toEqual([]);
});

it("resumes a watch whose connection broke, after a pause", async () => {
  start();
  const watch = await watchNumber(1);
  watch.send("ADDED", item("a", "5"));
  await seenToBe({ "ns/a": "5" });
  watch.drop();
  await afterBackoff(500);
  expect((await watchNumber(2)).request.query.get("resourceVersion")).toBe("5");
  expect(server.lists).toHaveLength(1);
  expect(failures).toMatchObject([{ code: "Unreachable" }]);
});

it("leaves a watch that is silent for too long, and not one that sends bookmarks", async () => {
  start({ hungAfterMs: 60_000 });
  const watch = await watchNumber(1);
  await expect.poll(() => clock.waits, soon).toContain(60_000);
  await clock.advance(40_000);
  watch.send("BOOKMARK", { metadata: { resourceVersion: "8" } });
  // An event after the bookmark tells that the bookmark has been read.
  watch.send("ADDED", item("a", "9"));
  await seenToBe({ "ns/a": "9" });
  await clock.advance(40_000);
  expect(watch.closed).toBe(false);
  await clock.advance(20_000);
  await expect.poll(() => watch.closed, soon).toBe(true);
  const passing = async () => {
    await clock.advance(100);
    return server.watches.length;
  };
  await expect.poll(passing, soon).toBe(2);
  expect((await watchNumber(2)).request.query.get("resourceVersion")).toBe("9");
  expect(failures).toMatchObject([{ code: "Timeout" }]);
});

describe("when the version is too old", () => {
  const relist = () => ({ body: list("20", [item("a", "2"), item("c", "20")]) });

  it("lists again at once and finds out what is gone (410 inside the watch)", async () => {
    server.onList = () => ({ body: list("3", [item("a", "2"), item("b", "3")]) });
    const reflector = start();
    await reflector.synced;
    server.onList = relist;
    (await watchNumber(1)).send("ERROR", status(410, "Expired"));
    await seenToBe({ "ns/a": "2", "ns/c": "20" });
    expect((await watchNumber(2)).request.query.get("resourceVersion")).toBe("20");
  });

  it("lists again at once (410 as the answer)", async () => {
    server.onWatch = ({ query }) =>
      query.get("resourceVersion") === "1" ? { status: 410, body: status(410, "Gone") } : undefined;
    server.onList = () => ({
      body: server.lists.length === 1 ? list("1", [item("b", "1")]) : list("20", [item("c", "20")]),
    });
    start();
    await seenToBe({ "ns/c": "20" });
  });

  it("starts a list over whose pages expired, and forgets nothing it has handed over", async () => {
    let lists = 0;
    server.onList = ({ query }) => {
      if (query.get("continue")) return { status: 410, body: status(410, "Expired") };
      lists += 1;
      return lists === 1
        ? { body: list("3", [item("a", "2")], "more") }
        : { body: list("4", [item("b", "4")]) };
    };
    const reflector = start();
    await afterBackoff(500);
    await reflector.synced;
    expect(Object.fromEntries(seen)).toEqual({ "ns/b": "4" });
  });
});

describe("when the API server refuses", () => {
  it("waits as long as 429 asks", async () => {
    let refused = 0;
    server.onList = () => {
      refused += 1;
      return refused === 1
        ? { status: 429, headers: { "retry-after": "17" }, body: status(429, "TooManyRequests") }
        : { body: list("1", [item("a", "1")]) };
    };
    const reflector = start();
    await afterBackoff(17_000);
    await reflector.synced;
    expect(seen.size).toBe(1);
  });

  it("waits longer after each failure, up to 30 s, and keeps what it knew", async () => {
    server.onList = () => ({ body: list("1", [item("a", "1")]) });
    const reflector = start();
    await reflector.synced;
    const watch = await watchNumber(1);
    server.onWatch = () => ({ status: 500, body: "etcd is away" });
    watch.end();
    for (const ms of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) await afterBackoff(ms);
    expect(seen.size).toBe(1);
    expect(failures.every((error) => error instanceof KubeError && error.code === "ServerError")).toBe(true);
  });

  it("does not hammer a server that ends every watch at once", async () => {
    server.onWatch = () => ({ body: "" });
    start();
    await afterBackoff(500);
    await afterBackoff(1_000);
    await expect.poll(() => clock.waits, soon).toContain(2_000);
    expect(server.requests.filter(({ query }) => query.has("watch"))).toHaveLength(3);
  });
});

describe("a kind that is not served", () => {
  const serve = (served: boolean) =>
    server.answers.set("/api/v1", () => ({
      body: { resources: served ? [{ name: "configmaps", kind: "ConfigMap", namespaced: true }] : [] },
    }));

  it("counts as synced and empty, and is found when it comes", async () => {
    serve(false);
    const reflector = start();
    await reflector.synced;
    expect(reflector.state).toBe("missing");
    expect(failures).toEqual([]);
    serve(true);
    server.onList = () => ({ body: list("1", [item("a", "1")]) });
    await afterBackoff(30_000);
    await seenToBe({ "ns/a": "1" });
  });

  it("has lost its objects when the server has said so twice, not once", async () => {
    server.onList = () => ({ body: list("1", [item("a", "1")]) });
    const reflector = start();
    await reflector.synced;
    const watch = await watchNumber(1);
    serve(false);
    server.onWatch = () => ({ status: 404, body: "404 page not found" });
    watch.end();
    await afterBackoff(500);
    await afterBackoff(1_000);
    await expect.poll(() => reflector.state, soon).toBe("missing");
    expect(seen.size).toBe(1);
    await afterBackoff(30_000);
    await expect.poll(() => seen.size, soon).toBe(0);
  });
});

it("stops at once and hands nothing over after that", async () => {
  const reflector = start();
  const watch = await watchNumber(1);
  watch.send("ADDED", item("a", "2"));
  await expect.poll(() => clock.waits, soon).toContain(50);
  stop.abort(new Error("stopped"));
  await running;
  expect(reflector.state).toBe("stopped");
  await clock.advance(60_000);
  expect(seen.size).toBe(0);
  await expect.poll(() => watch.closed, soon).toBe(true);
  expect(clock.waits).toEqual([]);
});
