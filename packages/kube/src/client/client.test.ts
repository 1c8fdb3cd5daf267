import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { ScriptedApiServer, status } from "../testing/scripted-api-server.ts";
import { KubeClient } from "./client.ts";
import { apiConnection, bearer, connectTo, inCluster } from "./connection.ts";
import type { KubeError } from "./kube-error.ts";
import { fromKubeconfig } from "./kubeconfig.ts";

let server: ScriptedApiServer;
beforeEach(async () => {
  server = await ScriptedApiServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

const answer = (code: number, body: unknown, headers: Record<string, string> = {}) =>
  server.answers.set("/x", () => ({ status: code, body, headers }));
const client = () => new KubeClient(connectTo({ server: server.url, token: "secret-token" }));

describe("errors", () => {
  it.each([
    [400, "BadRequest", false],
    [403, "Forbidden", false],
    [404, "NotFound", false],
    [409, "Conflict", true],
    [410, "Gone", false],
    [413, "TooLarge", false],
    [422, "Invalid", false],
    [429, "Throttled", true],
    [500, "ServerError", true],
    [503, "ServerError", true],
    [504, "Timeout", true],
  ])("%d is %s", async (code, name, retryable) => {
    answer(code, status(code, "Why", { details: { causes: [{ field: "spec.a", reason: "Bad" }] } }));
    await expect(client().request({ path: "/x" })).rejects.toMatchObject({
      code: name,
      status: code,
      reason: "Why",
      message: "Why!",
      retryable,
      causes: [{ field: "spec.a", reason: "Bad" }],
    });
  });

  it("read how long to wait from the header or from the Status", async () => {
    answer(503, "busy", { "retry-after": "3" });
    await expect(client().request({ path: "/x" })).rejects.toMatchObject({
      retryAfterMs: 3_000,
      message: "busy",
    });
    answer(500, status(500, "ServerTimeout", { details: { retryAfterSeconds: 2 } }));
    await expect(client().request({ path: "/x" })).rejects.toMatchObject({ retryAfterMs: 2_000 });
  });

  it("never hold the token", async () => {
    const orphan = client();
    await server[Symbol.asyncDispose]();
    const error = await orphan.request({ path: "/x" }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "Unreachable", retryable: true });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("secret-token");
    server = await ScriptedApiServer.start();
  });

  it("tell when an answer is not JSON", async () => {
    answer(200, "<html>");
    await expect(client().request({ path: "/x" })).rejects.toMatchObject({ code: "Protocol" });
  });
});

it("gives up after its time, and when aborted with the caller's reason", async () => {
  const clock = new FakeClock();
  const slow = new KubeClient(connectTo({ server: server.url }), { clock });
  const watch = { path: "/api/v1/configmaps", query: { watch: true } };
  const late = expect(slow.request({ ...watch, timeoutMs: 500 })).rejects.toMatchObject({ code: "Timeout" });
  await expect.poll(() => server.watches.length).toBe(1);
  await clock.advance(500);
  await late;
  const abort = new AbortController();
  const aborted = expect(slow.request({ ...watch, signal: abort.signal })).rejects.toThrow("enough");
  await expect.poll(() => server.watches.length).toBe(2);
  abort.abort(new Error("enough"));
  await aborted;
  expect(clock.waits).toEqual([]);
});

it("sends again what went into a kept connection that the server had closed, unless that might do it twice", async () => {
  const kept = client();
  let resets = 0;
  answer(200, {});
  for (const method of ["GET", "PATCH", "POST"] as const) {
    await kept.request({ path: "/x" });
    server.onRequest = (request) => {
      if (resets === 0) request.destroy();
      resets = 1;
    };
    resets = 0;
    const outcome = await kept.request({ path: "/x", method }).then(
      () => "answered",
      (error: KubeError) => error.code,
    );
    expect([method, resets, outcome]).toEqual([method, 1, method === "POST" ? "Unreachable" : "answered"]);
  }
});

it("reads lines that come in pieces", async () => {
  answer(200, '{"a":1}\n\n{"b":"ü"}\n{"cut');
  const lines: string[] = [];
  for await (const line of client().lines({ path: "/x" })) lines.push(line);
  expect(lines).toEqual(['{"a":1}', '{"b":"ü"}']);
});

describe("credentials", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "heddle-kube-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const tokens = () => server.requests.map(({ headers }) => headers.authorization);

  it("are read again after a minute, and at once when they are refused", async () => {
    const clock = new FakeClock();
    let token = "t1";
    const connection = apiConnection(server.url, async () => ({ headers: bearer(token) }), clock);
    const patient = new KubeClient(connection, { clock });
    const accepts = (value: string) =>
      server.answers.set("/x", ({ headers }) =>
        headers.authorization === `Bearer ${value}` ? {} : { status: 401 },
      );
    accepts("t1");
    await patient.request({ path: "/x" });
    token = "t2";
    await patient.request({ path: "/x" });
    accepts("t2");
    await patient.request({ path: "/x" });
    token = "t3";
    accepts("t3");
    await clock.advance(61_000);
    await patient.request({ path: "/x" });
    expect(tokens()).toEqual(["Bearer t1", "Bearer t1", "Bearer t1", "Bearer t2", "Bearer t3"]);
    accepts("none");
    await expect(patient.request({ path: "/x" })).rejects.toMatchObject({ code: "Unauthorized" });
  });

  it("of a pod are its service account's", async () => {
    await writeFile(join(folder, "token"), "pod-token\n");
    await writeFile(join(folder, "ca.crt"), "CA");
    const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443" };
    const connection = inCluster({ folder, env });
    expect(connection.server).toBe("https://[fd00::1]:6443");
    expect((await connection.access()).headers).toEqual({ authorization: "Bearer pod-token" });
    expect(() => inCluster({ env: {} })).toThrow("not in a pod");
  });

  it("of a kubeconfig are its user's", async () => {
    const config = {
      clusters: [{ name: "c", cluster: { server: server.url, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: { token: "config-token" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    };
    answer(200, {});
    await new KubeClient(await fromKubeconfig({ text: JSON.stringify(config) })).request({ path: "/x" });
    expect(tokens()).toEqual(["Bearer config-token"]);
    await expect(fromKubeconfig({ text: JSON.stringify(config) }, "no-such")).rejects.toThrow("no context");
  });
});
