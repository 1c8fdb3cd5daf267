import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configFrom, type RunningServer, startServer } from "@heddle/server";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A server with an embedded database, and the command line as processes of its own, with a configuration of their own. */
export class TestCli {
  readonly folder: string;
  readonly server: RunningServer;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, server: RunningServer) {
    this.folder = folder;
    this.server = server;
    this.#env = { PATH: process.env["PATH"], HEDDLE_CONFIG: this.path("config.yaml") };
  }

  static async start(): Promise<TestCli> {
    const folder = await mkdtemp(join(tmpdir(), "heddle-cli-"));
    // PostgreSQL runs as a user of its own where the tests run as root.
    await chmod(folder, 0o711);
    const server = await startServer(
      configFrom({
        HEDDLE_DATA_DIR: join(folder, "data"),
        HEDDLE_LISTEN: "127.0.0.1:0",
        HEDDLE_RELAY_LISTEN: "127.0.0.1:0",
        LOG_LEVEL: "silent",
      }),
    );
    return new TestCli(folder, server);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Starts a command; `seen` is what it has said so far. */
  spawn(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, ["--no-warnings", main, ...args], {
      env: { ...this.#env, ...env },
    });
    const seen = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      seen.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      seen.stderr += text;
    });
    const ended = new Promise<Ended>((resolve) => {
      child.on("close", (code) => resolve({ code, ...seen }));
    });
    return { child, seen, ended };
  }

  run(args: string, stdin = "", env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const { child, ended } = this.spawn(args.split(" "), env);
    child.stdin.end(stdin);
    return ended;
  }

  /** What a command that must succeed prints. */
  async ok(args: string, stdin = ""): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, stdin);
    if (code !== 0) throw new Error(`heddle ${args} ended with ${code}: ${stderr}`);
    return stdout;
  }

  /** What a command that must fail says. */
  async fails(args: string, stdin = "", env: NodeJS.ProcessEnv = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, stdin, env);
    if (code !== 1) throw new Error(`heddle ${args} ended with ${code}: ${stdout}`);
    return stderr;
  }

  async close(): Promise<void> {
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
