import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../testbed/free-port.ts";
import { type CommandResult, runCommand } from "../testbed/kubectl.ts";
import { type SupervisedProcess, superviseProcess } from "../testbed/supervised-process.ts";
import { waitUntil } from "../testbed/wait-until.ts";

const cli = fileURLToPath(new URL("../../../apps/cli/dist/main.js", import.meta.url));

export interface HeddleOptions {
  /** Where the server keeps its database; a folder that goes with it unless told. */
  readonly dataDir?: string;
  /** More of the server's environment. */
  readonly serverEnv?: NodeJS.ProcessEnv;
}

/** A server and agents as processes of their own, used through the command line as a person would. */
export class HeddleProcesses implements AsyncDisposable {
  readonly #folder: string;
  readonly #dataDir: string;
  readonly #serverEnv: NodeJS.ProcessEnv;
  /** Kept over restarts, as an address behind a load balancer is. */
  readonly #ports: readonly [api: number, relay: number];
  readonly #processes: SupervisedProcess[] = [];
  #server: SupervisedProcess | undefined;

  private constructor(folder: string, options: HeddleOptions, ports: readonly [api: number, relay: number]) {
    this.#folder = folder;
    this.#dataDir = options.dataDir ?? join(folder, "data");
    this.#serverEnv = options.serverEnv ?? {};
    this.#ports = ports;
  }

  /** Starts a server with an embedded database and logs in to it. */
  static async start(options: HeddleOptions = {}): Promise<HeddleProcesses> {
    const folder = await mkdtemp(join(tmpdir(), "heddle-e2e-"));
    // PostgreSQL runs as a user of its own where the tests run as root.
    await chmod(folder, 0o711);
    const heddle = new HeddleProcesses(folder, options, await Promise.all([freePort(), freePort()]));
    try {
      await heddle.startServer();
      return heddle;
    } catch (error) {
      await heddle[Symbol.asyncDispose]();
      throw error;
    }
  }

  async startServer(): Promise<void> {
    const server = superviseProcess([process.execPath, cli, "up", "--data-dir", this.#dataDir], {
      env: { ...this.environment, ...this.#serverEnv },
    });
    this.#server = server;
    this.#processes.push(server);
    await waitUntil("the server is up", () => !server.running || server.log().includes("Heddle is up"), {
      timeoutMs: 60_000,
    });
    if (!server.running) throw new Error(`the server ended: ${server.log()}`);
  }

  /** `host:port` that agents dial. */
  get relayAddress(): string {
    return `127.0.0.1:${this.#ports[1]}`;
  }

  serverLog(): string {
    return this.#server?.log() ?? "";
  }

  async stopServer(): Promise<void> {
    await this.#server?.stop();
  }

  /** Registers a cluster and runs its agent with this kubeconfig, and more in its environment. */
  async startAgent(
    cluster: string,
    kubeconfig: string,
    env: NodeJS.ProcessEnv = {},
  ): Promise<SupervisedProcess> {
    const { stdout } = await this.ok(["cluster", "register", cluster, "--token-only"]);
    return this.runAgent(cluster, kubeconfig, { HEDDLE_TOKEN: stdout.trim(), ...env });
  }

  runAgent(cluster: string, kubeconfig: string, env: NodeJS.ProcessEnv = {}): SupervisedProcess {
    const agent = superviseProcess(
      [
        process.execPath,
        cli,
        "agent",
        "run",
        "--kubeconfig",
        kubeconfig,
        "--state-dir",
        join(this.#folder, "agents", cluster),
      ],
      { env: { ...this.environment, ...env } },
    );
    this.#processes.push(agent);
    return agent;
  }

  run(args: readonly string[], stdin?: string): Promise<CommandResult> {
    return runCommand(process.execPath, [cli, ...args], stdin, this.environment);
  }

  /** A command that must succeed. */
  async ok(args: readonly string[], stdin?: string): Promise<CommandResult> {
    const outcome = await this.run(args, stdin);
    if (outcome.code !== 0)
      throw new Error(
        `heddle ${args.join(" ")} ended with ${outcome.code}: ${outcome.stderr}\n${outcome.stdout}`,
      );
    return outcome;
  }

  /** A GraphQL-backed listing as the command line prints it with `-o json`. */
  async json<T>(args: readonly string[]): Promise<T> {
    return JSON.parse((await this.ok([...args, "-o", "json"])).stdout) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
    await endDatabase(this.#dataDir);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** What the command line needs to reach this server. */
  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      HEDDLE_CONFIG: join(this.#folder, "config.yaml"),
      HEDDLE_LISTEN: `127.0.0.1:${this.#ports[0]}`,
      HEDDLE_RELAY_LISTEN: this.relayAddress,
      LOG_LEVEL: "info",
    };
  }
}

/**
 * Ends the database of a server that was killed: it runs on by itself, until it finds its files gone. `dataDir` is the server's.
 */
export async function endDatabase(dataDir: string): Promise<void> {
  const data = join(dataDir, "postgres", "data");
  const note = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number(note.split("\n")[0]);
  const runs = async () =>
    pid > 0 && (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).includes(data);
  if (!(await runs())) return;
  process.kill(pid, "SIGQUIT");
  await waitUntil("the database has ended", async () => !(await runs()));
}
