import { foundCases, fuzzing, fuzzTimeoutMs, mutated } from "@heddle/api/testing";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { canary } from "../testing/samples.ts";
import { type TestServer, useTestServers } from "../testing/test-server.ts";

const servers = useTestServers();
let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await servers.start();
  token = server.firstToken ?? "";
});

const requests = [
  { query: "{ clusters { name status { connected inSync } meshes { dialect } problems { code } } }" },
  {
    query:
      "query($name: String!) { cluster(name: $name) { name ...F } } fragment F on Cluster { labels objects }",
    variables: { name: "eu-1" },
  },
  {
    query:
      "mutation A($m: [JSON!]!) { apply(manifests: $m, dryRun: true) { revision findings { code path } } }",
    variables: { m: [canary(10)] },
  },
  {
    query:
      'query { plan(manifests: [{kind: "TrafficPolicy", n: [1, 2.5e9, null, true, "\\u00e9"]}]) { findings { code } } }',
  },
  {
    query:
      '{ resources(kind: "tp", limit: 5) { items { name status { clusters { programmed } } } } __typename }',
    operationName: null,
  },
  { query: "{ a: __schema { types { name fields { name } } } b: __schema { types { name } } }" },
];
const words = [
  "{",
  "}",
  "(",
  ")",
  "[",
  '"',
  '\\"',
  '\\"\\"\\"',
  "...F ",
  "... on Cluster ",
  "@include(if: $x) ",
  "@skip(if: true) ",
  "fragment F on Cluster { ...F } ",
  "query Q($x: [[JSON!]]! = 1e400) ",
  "subscription { clusterEvents { name } } ",
  "a: clusters { name } ",
  "clusters { ",
  "$",
  "__proto__",
  '"__proto__":{"a":1},',
  '"variables":null,',
  '"extensions":{"persistedQuery":{}},',
  "99999999999999999999",
  "-0",
  "1e999",
  "\\u0000",
  "\\ud800",
  "\ufeff",
  Buffer.from([0xff]),
];
const bodies = requests.map((request) => Buffer.from(JSON.stringify(request)));
const headers = fc.record(
  {
    "content-type": fc.constantFrom(
      "application/json",
      "application/json; charset=utf-16",
      "application/graphql",
      "text/plain",
      "multipart/form-data; boundary=x",
      "",
    ),
    "content-encoding": fc.constantFrom("gzip", "identity"),
    "accept-language": fc.string({ unit: "grapheme-ascii", maxLength: 200 }).map((text) => text.trim()),
    traceparent: fc.constantFrom("00-0-0-00", "x"),
  },
  { requiredKeys: ["content-type"] },
);
/** Longest that an answer may take on a busy machine, in ms. */
const atMostMs = 10_000;

it(
  "whatever is asked is answered in time, as GraphQL answers, with a code that is no fault of the server's",
  async () => {
    const before = process.memoryUsage().heapUsed;
    await fc.assert(
      fc.asyncProperty(mutated(bodies, words), headers, async (body, more) => {
        const started = performance.now();
        const response = await fetch(new URL("/graphql", server.url), {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, ...more },
          body: new Uint8Array(body),
        });
        const text = await response.text();
        expect(performance.now() - started).toBeLessThan(atMostMs);
        expect(response.status).toBeLessThan(500);
        const answer = JSON.parse(text) as {
          readonly data?: unknown;
          readonly errors?: readonly {
            readonly message: string;
            readonly extensions: { readonly code: string };
          }[];
        };
        if (response.status !== 200) expect(answer.errors?.length).toBeGreaterThan(0);
        for (const { extensions } of answer.errors ?? []) {
          expect(extensions.code).toMatch(/^[A-Z_]+$/);
          expect(extensions.code).not.toBe("INTERNAL");
        }
      }),
      {
        ...fuzzing,
        examples: foundCases(new URL("fuzz-cases/", import.meta.url)).map((body) => [
          body,
          { "content-type": "application/json" },
        ]),
      },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect((await server.api.get("/readyz")).status).toBe(200);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(500 * 2 ** 20);
  },
  fuzzTimeoutMs,
);
