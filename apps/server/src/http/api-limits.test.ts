import { beforeAll, describe, expect, it } from "vitest";
import { type TestServer, useTestServers } from "../testing/test-server.ts";

const servers = useTestServers();
let server: TestServer;
beforeAll(async () => {
  server = await servers.start();
});

const introspection =
  "{ __schema { types { name fields { name args { name type { name } } type { name ofType { name } } } } } }";
describe("hostile queries are refused as BAD_REQUEST, fast", () => {
  it.each([
    ["not GraphQL", "{ viewer { name "],
    ["unknown fields", "{ nothing }"],
    ["many aliases", `{ ${Array.from({ length: 200 }, (_, i) => `a${i}: version`).join(" ")} }`],
    ["many fields", `{ ${"version ".repeat(5_000)} }`],
    ["many tokens", `{ version ${"@include(if: true) ".repeat(5_000)} }`],
    ["a long text", `{ version } #${"x".repeat(100_000)}`],
    [
      "introspection again and again",
      `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: __schema { types { name } }`).join(" ")} }`,
    ],
    [
      "lists of lists of lists",
      "{ resources { items { report { objects { object } fields { path } findings { code } conflicts { path } } r2: report { objects { object state code message owner } fields { path level how } } r3: report { objects { object state code message owner } fields { path level how } } } } }",
    ],
    [
      "fragments that contain themselves",
      "query { viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { ...a }",
    ],
    [
      "fragments that double",
      `{ resources { ...f0 } } ${Array.from({ length: 30 }, (_, i) => `fragment f${i} on ResourcePage { ...f${i + 1} ...f${i + 1} }`).join(" ")} fragment f30 on ResourcePage { items { report { objects { object } } } }`,
    ],
  ])("%s", async (_, query) => {
    const started = performance.now();
    const { body } = await server.api.ask(query);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(body.errors?.[0]?.extensions.code).toBe("BAD_REQUEST");
    expect(JSON.stringify(body)).not.toMatch(/ at .*\.(ts|js):|SELECT|node_modules/);
  });

  it("deeper than anything there is", async () => {
    const deep = `{ __type(name: "Query") { ${"fields { type { ".repeat(8)} name ${"} }".repeat(8)} } }`;
    expect(await server.api.code(deep)).toBe("BAD_REQUEST");
  });

  it("batches, and what is no request at all", async () => {
    const batch = await server.api.post(JSON.stringify([{ query: "{ version }" }, { query: "{ version }" }]));
    expect([batch.status, batch.body.errors?.[0]?.extensions.code]).toEqual([400, "BAD_REQUEST"]);
    const broken = await server.api.post('{"query": "{ version }');
    expect([broken.status, broken.body.errors?.[0]?.extensions.code]).toEqual([400, "BAD_REQUEST"]);
    const empty = await server.api.post("{}");
    expect(empty.body.errors?.[0]?.extensions.code).toBe("BAD_REQUEST");
    const poisoned = await server.api.post('{"query": "{ version }", "variables": {"__proto__": {"a": 1}}}');
    expect(poisoned.status).toBe(400);
  });

  it("bodies that are too large, with 413; and nobody without a token sends one", async () => {
    const large = JSON.stringify({ query: "{ version }", variables: { x: "x".repeat(33 * 1024 * 1024) } });
    const answer = await server.api.post(large);
    expect([answer.status, answer.body.errors?.[0]?.extensions.code]).toEqual([413, "BAD_REQUEST"]);
    const stranger = await server.as(undefined).post(JSON.stringify({ query: "x".repeat(100_000) }));
    expect(stranger.status).toBe(401);
  });

  it("manifests nested without end", async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    const query = "mutation($m: [JSON!]!) { apply(manifests: $m) { written findings { code } } }";
    const { body } = await server.api.post(
      `{"query": ${JSON.stringify(query)}, "variables": {"m": [{"apiVersion":"heddle.io/v1alpha1","kind":"TrafficPolicy","metadata":{"name":"x"},"spec":${deep}}]}}`,
    );
    expect(JSON.stringify(body)).not.toContain("INTERNAL");
    expect(await server.api.data("{ version }")).toEqual({ version: expect.any(String) });
  });
});

it("shows its schema to whoever has a token, and to no one else", async () => {
  expect((await server.api.ask(introspection)).body.errors).toBeUndefined();
  expect((await server.as(undefined).ask(introspection)).status).toBe(401);
});

it("says for any other address what the API's is", async () => {
  const response = await server.api.get("/nothing");
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "NOT_FOUND" } }] });
});

describe("health and metrics", () => {
  it("tells anyone whether it lives and is ready", async () => {
    const stranger = server.as(undefined);
    expect((await stranger.get("/livez")).status).toBe(200);
    expect((await stranger.get("/readyz")).status).toBe(200);
  });

  it("shows metrics for a token, named as Prometheus has it", async () => {
    expect((await server.as(undefined).get("/metrics")).status).toBe(401);
    await server.api.ask("{ nothing }");
    const text = await (await server.api.get("/metrics")).text();
    const names = [...text.matchAll(/^# TYPE (heddle_\S+) (\S+)$/gm)].map(([, name, type]) => ({
      name,
      type,
    }));
    expect(names.length).toBeGreaterThan(5);
    for (const { name, type } of names) {
      expect(name).toMatch(/^heddle_[a-z_]+$/);
      if (type === "counter") expect(name).toMatch(/_total$/);
      if (type === "histogram") expect(name).toMatch(/_seconds$/);
      expect(text).toContain(`# HELP ${name} `);
    }
    expect(text).toMatch(/heddle_api_requests_total\{outcome="refused"\} [1-9]/);
  });
});
