import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

export const redisInstalled = spawnSync("redis-server", ["--version"]).status === 0;

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A Redis of its own on a free loopback port, which keeps nothing. */
export async function startRedis(port?: number): Promise<TestServer & { readonly port: number }> {
  const chosen = port ?? (await freePort());
  const flags = ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child: ChildProcess = spawn("redis-server", flags, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of child.stdout ?? [])
    if (String(line).includes("Ready to accept connections")) break;
  return {
    url: `redis://127.0.0.1:${chosen}`,
    port: chosen,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
