import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Question } from "./server-process.ts";
import type { StageFigures } from "./stage-recorder.ts";

/** A Heddle server in a process of its own, at addresses that it keeps when it is started again. */
export class BenchServer implements AsyncDisposable {
  readonly #env: NodeJS.ProcessEnv;
  readonly #folder: string;
  #process: ChildProcess | undefined;
  #token: string | undefined;
  #url = "";

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#env = env;
  }

  /** Starts one on an embedded PostgreSQL, or on the database that `env` names. */
  static async start(env: NodeJS.ProcessEnv = {}): Promise<BenchServer> {
    const folder = await mkdtemp(join(tmpdir(), "heddle-bench-"));
    // PostgreSQL runs as a user of its own where this runs as root.
    await chmod(folder, 0o711);
    const server = new BenchServer(folder, {
      ...process.env,
      HEDDLE_DATA_DIR: join(folder, "data"),
      HEDDLE_LISTEN: `127.0.0.1:${await freePort()}`,
      HEDDLE_RELAY_LISTEN: `127.0.0.1:${await freePort()}`,
      LOG_LEVEL: "error",
      ...env,
    });
    await server.startAgain();
    return server;
  }

  /** After `end`. Resolves when it serves. */
  async startAgain(): Promise<void> {
    const started = fork(new URL("../../dist/stand/server-process.js", import.meta.url), {
      execArgv: ["--expose-gc"],
      env: this.#env,
      serialization: "advanced",
    });
    this.#process = started;
    const { url, token } = await answerOf<{ url: string; token: string | undefined }>(started);
    this.#url = url;
    this.#token ??= token;
  }

  get url(): string {
    return this.#url;
  }

  get token(): string {
    return this.#token ?? "";
  }

  /** Rejects with the first error of an answer. */
  async query<T>(query: string, variables: object = {}): Promise<T> {
    const response = await fetch(`${this.#url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as { data: T; errors?: readonly { message: string }[] };
    if (body.errors !== undefined) throw new Error(body.errors[0]?.message);
    return body.data;
  }

  /** Applies manifests; the revision that they made. */
  async apply(...manifests: readonly object[]): Promise<number> {
    const { apply } = await this.query<{ apply: { revision: number } }>(
      "mutation A($m: [JSON!]!) { apply(manifests: $m) { revision } }",
      { m: manifests },
    );
    return apply.revision;
  }

  /** After garbage collection, in bytes. */
  memory(): Promise<NodeJS.MemoryUsage> {
    return this.#ask({ ask: "memory" });
  }

  /** What the stages took since the last call. */
  stages(): Promise<readonly StageFigures[]> {
    return this.#ask({ ask: "stages" });
  }

  profile(): Promise<object> {
    return this.#ask({ ask: "profile" });
  }

  profiled(file: string): Promise<object> {
    return this.#ask({ ask: "profiled", file });
  }

  /** Without a signal it closes in order. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    const ending = this.#process;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, "exit");
    if (signal === undefined) ending.disconnect();
    else ending.kill(signal);
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ask<T>(question: Question): Promise<T> {
    if (this.#process === undefined) throw new Error("the server was not started");
    this.#process.send(question);
    return answerOf(this.#process);
  }
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const [message] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error("the process ended");
    }),
  ])) as [T];
  return message;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return address !== null && typeof address === "object" ? address.port : 0;
}
