import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { execute } from "../testing/test-database.ts";
import { recordedPostmaster } from "./data-directory.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";

let dataDir = "";
const ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "heddle-embedded-"));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(port?: number): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, ...(port !== undefined && { port }) });
  ends.push(postgres.stop);
  return postgres;
}

describe("startEmbeddedPostgres", () => {
  it("keeps what it holds, and its password, over a restart", async () => {
    const first = await start();
    await execute(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    await first.stop();
    expect(await recordedPostmaster(join(dataDir, "data"))).toBeUndefined();
    const second = await start();
    expect(await execute(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect((await stat(join(dataDir, "password"))).mode & 0o777).toBe(0o600);
  });

  it("lets in nobody without the password, and listens on the loopback interface only", async () => {
    const { url } = await start();
    const stranger = new URL(url);
    stranger.password = "guess";
    await expect(execute(stranger.href, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    const settings = await execute(
      url,
      "SELECT current_setting('listen_addresses') AS tcp, current_setting('unix_socket_directories') AS unix",
    );
    expect(settings).toEqual([{ tcp: "127.0.0.1", unix: "" }]);
  });

  it("takes another port when the one wished for is in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    ends.push(async () => taken.close());
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { url } = await start(port);
    expect(new URL(url).port).not.toBe(String(port));
  });

  it("refuses a directory that a living process uses, and leaves its server alone", async () => {
    const { url } = await start();
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: "DataDirectoryInUse",
      retryable: true,
      message: expect.stringContaining(dataDir),
    });
    expect(await execute(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("recovers what was committed when everything is killed", async () => {
    const owner = spawnOwner();
    await execute(await firstLine(owner), "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
    const postmaster = await recordedPostmaster(join(dataDir, "data"));
    process.kill(postmaster?.pid ?? 0, "SIGKILL");
    owner.kill("SIGKILL");
    await once(owner, "exit");
    const again = await start();
    expect(await execute(again.url, "SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 1000 }]);
  });

  it.each([
    ["it is killed", async ({ pid }: EmbeddedPostgres) => process.kill(pid, "SIGKILL")],
    [
      "one of its processes is killed",
      async ({ url }: EmbeddedPostgres) => {
        const client = new pg.Client({ connectionString: url });
        client.on("error", () => undefined);
        await client.connect();
        const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
        process.kill(rows[0]?.pid ?? 0, "SIGKILL");
      },
    ],
  ])("comes back at the same address, and stays its owner's, when %s", async (_what, fault) => {
    const postgres = await start();
    await execute(postgres.url, "CREATE TABLE kept AS SELECT 42 AS answer");
    const locks = () =>
      execute(postgres.url, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted");
    const before = await locks();
    await fault(postgres);
    // It answers before its owner has its lock again.
    const owned = async () => {
      const now = await locks().catch(() => []);
      return now.length === 1 && JSON.stringify(now) !== JSON.stringify(before);
    };
    await expect.poll(owned, { timeout: 20_000 }).toBe(true);
    expect(await execute(postgres.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({ code: "DataDirectoryInUse" });
  });

  it("stops when it is told to while it tries to come back", async () => {
    const postgres = await start();
    process.kill(postgres.pid, "SIGKILL");
    await postgres.stop();
    await expect(execute(postgres.url, "SELECT 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("takes over the server that a killed process left running", async () => {
    const owner = spawnOwner();
    const orphanUrl = await firstLine(owner);
    await execute(orphanUrl, "CREATE TABLE kept AS SELECT 42 AS answer");
    owner.kill("SIGKILL");
    await once(owner, "exit");
    const { url } = await start();
    expect(await execute(url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
    await expect(execute(orphanUrl, "SELECT 1")).rejects.toThrow();
  });

  it("starts although the recorded process number now is another program's", async () => {
    await (await start()).stop();
    const port = 1;
    await writeFile(
      join(dataDir, "data", "postmaster.pid"),
      [process.pid, join(dataDir, "data"), 0, port, ""].join("\n"),
    );
    const { url } = await start();
    expect(await execute(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("says why when it cannot start, and leaves no half-made database behind", async () => {
    await expect(
      startEmbeddedPostgres({ dataDir, settings: { max_connections: "many" } }),
    ).rejects.toMatchObject({
      code: "EmbeddedPostgresFailed",
      message: expect.stringContaining("max_connections"),
    });
    await rm(join(dataDir, "data"), { recursive: true });
    await writeFile(join(dataDir, "data"), "in the way");
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      code: "EmbeddedPostgresFailed",
    });
    expect((await readdir(dataDir)).sort()).toEqual(["data", "password"]);
  });
});

/** Another Node process that starts the database and prints its URL. */
function spawnOwner(): ChildProcess {
  const module = fileURLToPath(new URL("./embedded-postgres.ts", import.meta.url));
  const program = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    const { url } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
    console.log(url);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  ends.push(async () => child.kill("SIGKILL"));
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = await once(child.stdout ?? child, "data");
  return String(chunk).trim();
}
