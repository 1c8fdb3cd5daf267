import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@heddle/store";
import { freePort } from "../testbed/free-port.ts";
import { Balancer } from "./balancer.ts";

/** So that a dead replica is found in seconds instead of half a minute. */
const timing = { beatMs: 200, deadAfterMs: 1_500, buryEveryMs: 300, followMs: 100, sweepMs: 1_000 };

export interface ReplicaOptions {
  readonly redisUrl?: string | undefined;
  /** URL of a folder of migrations in place of the program's own. */
  readonly migrations?: string;
}

/** A replica's process. */
export interface Replica {
  readonly name: string;
  readonly url: string;
  readonly process: ChildProcess;
}

/** Replicas as processes on one real PostgreSQL, and one address in front of them for agents. */
export class ReplicaSet implements AsyncDisposable {
  readonly replicas: Replica[] = [];
  readonly databaseUrl: string;
  readonly #folder: string;
  readonly #postgres: EmbeddedPostgres;
  readonly #balancer: Balancer;
  #token = "";

  private constructor(folder: string, postgres: EmbeddedPostgres, balancer: Balancer) {
    this.#folder = folder;
    this.#postgres = postgres;
    this.#balancer = balancer;
    this.databaseUrl = postgres.url;
  }

  static async open(): Promise<ReplicaSet> {
    const folder = await mkdtemp(join(tmpdir(), "heddle-replicas-"));
    await chmod(folder, 0o711);
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
    return new ReplicaSet(folder, postgres, await Balancer.open());
  }

  /** Starts one more; agents may come to it as soon as it serves. */
  async start(name: string, { redisUrl, migrations }: ReplicaOptions = {}): Promise<Replica> {
    const relayPort = await freePort();
    const child = fork(new URL("../../dist/replicas/replica-process.js", import.meta.url), {
      env: {
        ...process.env,
        DATABASE_URL: this.databaseUrl,
        ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
        HEDDLE_DATA_DIR: join(this.#folder, name),
        HEDDLE_KEY_FILE: join(this.#folder, "key"),
        HEDDLE_LISTEN: "127.0.0.1:0",
        HEDDLE_RELAY_LISTEN: `127.0.0.1:${relayPort}`,
        HEDDLE_RELAY_ADDRESS: this.#balancer.address,
        HEDDLE_REPLICA: name,
        LOG_LEVEL: "fatal",
        TEST_TIMING: JSON.stringify(timing),
        ...(migrations !== undefined && { TEST_MIGRATIONS: migrations }),
      },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-10_000);
    });
    const [told] = (await Promise.race([
      once(child, "message"),
      once(child, "close").then(() => {
        throw new Error(`replica ${name} did not start: ${said}`);
      }),
    ])) as [{ readonly url: string; readonly token: string | undefined }];
    this.#token = told.token ?? this.#token;
    const replica = { name, url: told.url, process: child };
    this.replicas.push(replica);
    this.#balancer.targets.push(relayPort);
    child.once("exit", () => {
      this.replicas.splice(this.replicas.indexOf(replica), 1);
      this.#balancer.targets.splice(this.#balancer.targets.indexOf(relayPort), 1);
    });
    return replica;
  }

  /** Without a signal it closes in order. */
  async end({ process: child }: Replica, signal?: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    if (signal === undefined) child.disconnect();
    else child.kill(signal);
    await ended;
  }

  /** Asks one replica. Rejects when it does not answer, or with an error. */
  async ask<T>(replica: Replica, query: string, variables: object = {}): Promise<T> {
    const response = await fetch(new URL("/graphql", replica.url), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.#token}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(10_000),
    });
    const { data, errors } = (await response.json()) as { data: T; errors?: readonly { message: string }[] };
    if (errors !== undefined) throw new Error(errors[0]?.message);
    return data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.replicas].map((replica) => this.end(replica, "SIGKILL")));
    this.#balancer.close();
    await this.#postgres.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
