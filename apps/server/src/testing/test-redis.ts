import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { eventually } from "./eventually.ts";

/** Whether Redis's server is installed. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export interface TestRedis {
  readonly url: string;
  /** Forgets everything that it holds. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** A Redis in memory only, at the address of an earlier one or on a free port. */
export async function startRedis(url?: string): Promise<TestRedis> {
  const port = url === undefined ? await freePort() : Number(new URL(url).port);
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child: ChildProcess = spawn("redis-server", options, { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await eventually("Redis is ready", () => said.includes("Ready to accept connections"));
  return {
    url: `redis://127.0.0.1:${port}`,
    async flush() {
      const socket = connect(port, "127.0.0.1");
      socket.end("FLUSHALL\r\n");
      const [answer] = await once(socket, "data");
      if (String(answer) !== "+OK\r\n") throw new Error(String(answer));
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
