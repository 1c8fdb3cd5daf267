import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@heddle/store";
import { afterAll, beforeAll } from "vitest";
import type { ServerConfig } from "../config.ts";
import { type RunningServer, type ServerTiming, startServer } from "../server.ts";
import { ApiClient } from "./api-client.ts";

/** A replica with the token of its first start, or the one it was given. */
export interface TestServer extends RunningServer {
  readonly api: ApiClient;
  as(token: string | undefined): ApiClient;
}

/** One database for the test file, and replicas on it. All is closed after the file. */
export function useTestServers() {
  const ends: (() => Promise<unknown>)[] = [];
  const state = { databaseUrl: "", dataDir: "", token: "" };
  beforeAll(async () => {
    state.dataDir = await mkdtemp(join(tmpdir(), "heddle-server-"));
    // PostgreSQL runs as a user of its own where the tests run as root.
    await chmod(state.dataDir, 0o711);
    ends.unshift(() => rm(state.dataDir, { recursive: true, force: true }));
    const postgres = await startEmbeddedPostgres({
      dataDir: join(state.dataDir, "postgres"),
      settings: { fsync: "off", full_page_writes: "off" },
    });
    ends.unshift(() => postgres.stop());
    state.databaseUrl = postgres.url;
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });
  return {
    get databaseUrl() {
      return state.databaseUrl;
    },
    async start(config: Partial<ServerConfig> = {}, timing: Partial<ServerTiming> = {}): Promise<TestServer> {
      const server = await startServer({ ...testConfig(state), ...config }, timing);
      ends.unshift(() => server.close());
      state.token = server.firstToken ?? state.token;
      const as = (token: string | undefined) => new ApiClient(server.url, token);
      return { ...server, api: as(state.token), as };
    },
  };
}

function testConfig({ databaseUrl, dataDir }: { databaseUrl: string; dataDir: string }): ServerConfig {
  const anywhere = { host: "127.0.0.1", port: 0 };
  return {
    databaseUrl,
    redisUrl: undefined,
    dataDir,
    listen: anywhere,
    relayListen: anywhere,
    relayAddress: undefined,
    keyFile: join(dataDir, "key"),
    replica: "test",
    trustDomain: "heddle",
    drift: "repair",
    logLevel: "silent",
  };
}
