import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Applied, apply } from "../testing/samples.ts";
import { type TestServer, useTestServers } from "../testing/test-server.ts";

const servers = useTestServers();
let server: TestServer;
beforeAll(async () => {
  server = await servers.start();
});

const mebibyte = 1024 * 1024;

/** What the server answers to bytes as they are; nothing when it ends the connection while they are still being sent. */
async function answered(bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.end(bytes);
  await closed;
  return answer;
}

const head = "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";

describe("hostile headers", () => {
  it.each([
    ["huge", `${head}x-huge: ${"x".repeat(mebibyte)}\r\n\r\n`, 431],
    ["many", `${head}${"x-many: 1\r\n".repeat(20_000)}\r\n`, 431],
    ["a huge token", `${head}authorization: Bearer ${"x".repeat(15_000)}\r\n\r\n`, 401],
    ["a header without a name", `${head}: x\r\n\r\n`, 400],
    ["a NUL", `${head}x-nul: \0\r\n\r\n`, 400],
    ["another length than there is", `${head}content-length: -1\r\n\r\n`, 400],
    [
      "two ways to tell the length",
      `${head}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\r\n\r\n", 400],
    ["a prototype key", `${head}__proto__: x\r\nconstructor: x\r\n\r\n`, 401],
  ])("%s: refused, and the server goes on", async (_what, bytes, status) => {
    const answer = await answered(bytes);
    // Who still sends when the answer comes may see the end of the connection only.
    if (status !== 431 || answer !== "") expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect((await server.as(undefined).get("/livez")).status).toBe(200);
  });
});

it("ever other wide queries leave next to nothing behind", async () => {
  const wide = `{ ${"version ".repeat(900)} }`;
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed / mebibyte;
  };
  const askOthers = async (count: number) => {
    for (let left = count; left > 0; left--) await server.api.ask(`${wide} #${randomUUID()}`);
  };
  await askOthers(100);
  // Measured: 2 MiB; 256 MiB with a cache of a thousand documents.
  const before = used();
  await askOthers(600);
  expect(used() - before).toBeLessThan(20);
}, 60_000);

describe("hostile manifests", () => {
  it("a hundred thousand of them in one request are refused with a code, fast, and nothing is written", async () => {
    const manifests = Array.from({ length: 100_000 }, (_, index) => ({
      kind: "TrafficPolicy",
      metadata: { name: `x${index}` },
    }));
    const started = performance.now();
    const { body } = await server.api.ask(apply, { manifests });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(body.errors?.[0]?.extensions.code).toBe("BAD_REQUEST");
    expect(await server.api.data("{ resources { items { name } } }")).toEqual({ resources: { items: [] } });
  });

  it.each(["__proto__", "constructor", "prototype", "toString"])(
    "the key %s changes no prototype and is no field",
    async (key) => {
      const spec = `{"targets": [{"kind": "Service", "name": "a", "namespace": "b"}], "${key}": {"polluted": true}}`;
      const { status, body } = await server.api.post(
        `{"query": ${JSON.stringify(apply)}, "variables": {"manifests": [{"apiVersion": "heddle.io/v1alpha1", "kind": "TrafficPolicy", "metadata": {"name": "x"}, "spec": ${spec}}]}}`,
      );
      const findings = (body.data as Applied | null)?.apply.findings.map(({ code }) => code) ?? [];
      expect([status, ...findings]).toEqual(key === "__proto__" ? [400] : [200, "UNKNOWN_FIELD"]);
      expect("polluted" in {}).toBe(false);
    },
  );
});
