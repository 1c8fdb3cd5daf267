import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type SupervisedProcess, superviseProcess } from "../../testbed/supervised-process.ts";
import { waitUntil } from "../../testbed/wait-until.ts";
import { inPod } from "../network/in-pod.ts";
import type { Place } from "../network/network.ts";
import type { ClientAnswer, ClientRequest, Collected, ReceivedRequest } from "./pod-protocol.ts";
import type { PodSpec } from "./pod-spec.ts";

const programFile = (name: string) =>
  fileURLToPath(new URL(`./${name}${extname(import.meta.url)}`, import.meta.url));

/** Name of the certificate that pods with TLS of their own find in the folder of pods, without its ending. */
export const certificateFile = "tls";
/** The same of the one that every pod's system trusts. */
export const trustedFile = "trusted";
/** Name of the module of WebAssembly in the folder of pods. */
export const moduleFile = "module.wasm";

/** A running pod. */
export class Pod {
  readonly spec: PodSpec;
  readonly place: Place;
  readonly #folder: string;
  readonly #socket: string;
  readonly #program: SupervisedProcess;
  #sidecar: SupervisedProcess | undefined;

  constructor(spec: PodSpec, place: Place, folder: string) {
    this.spec = spec;
    this.place = place;
    this.#folder = folder;
    this.#socket = join(folder, `${spec.name}.sock`);
    const ports = [
      ...spec.ports.map(String),
      ...(spec.tlsPorts ?? []).map((port) => `${port}=${join(folder, certificateFile)}`),
      ...(spec.trustedTlsPorts ?? []).map((port) => `${port}=${join(folder, trustedFile)}`),
      ...(spec.proxyPorts ?? []).map((port) => `proxy:${port}`),
      ...(spec.limiterPorts ?? []).map((port) => `limiter:${port}`),
      ...(spec.processorPorts ?? []).map((port) => `processor:${port}`),
      ...(spec.modulePorts ?? []).map((port) => `module:${port}:${join(folder, moduleFile)}`),
    ];
    const command = spec.collects
      ? [
          programFile("collector-program"),
          this.#socket,
          ...ports,
          ...spec.collects.map((port) => `grpc:${port}`),
        ]
      : [programFile("pod-program"), spec.version, this.#socket, ...ports];
    const env = spec.cluster ? { ...process.env, POD_CLUSTER: spec.cluster } : process.env;
    this.#program = superviseProcess(inPod(place.space, [process.execPath, ...command]), { env });
  }

  withSidecar(sidecar: SupervisedProcess): void {
    this.#sidecar = sidecar;
  }

  /** The sidecar's own word: it has certificates and its first configuration. */
  async ready(): Promise<void> {
    await waitUntil(
      `pod ${this.spec.name} is ready`,
      async () => {
        for (const process of [this.#program, this.#sidecar])
          if (process && !process.running) throw new Error(`it ended: ${process.log()}`);
        const probe = { address: "127.0.0.1", port: 15021, path: "/healthz/ready" };
        return this.#sidecar
          ? (await this.send({ ...once, ...probe })).every(({ status }) => status === 200)
          : this.#program.log().includes("ready");
      },
      { timeoutMs: 60_000 },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.log()}`, { cause: error });
    });
  }

  /**
   * Waits until no connection of an earlier configuration is left. Envoy keeps such connections, with the access rules they began with,
   * until they are drained.
   */
  async settled(): Promise<void> {
    if (this.#sidecar === undefined) return;
    const stats = { ...once, address: "127.0.0.1", port: 15000, path: "/stats?filter=draining" };
    await waitUntil(`${this.spec.name} has drained`, async () => {
      const [answer] = await this.send(stats);
      const gauges = [...(answer?.body ?? "").matchAll(/: (\d+)$/gm)];
      return gauges.length > 0 && gauges.every(([, value]) => value === "0");
    });
  }

  /** Sends requests from within the pod. */
  send(wanted: ClientRequest): Promise<readonly ClientAnswer[]> {
    return this.#control<ClientAnswer[]>("/send", JSON.stringify(wanted));
  }

  /** Requests with this `x-tag` that reached the pod's program. */
  seen(tag: string): Promise<readonly ReceivedRequest[]> {
    return this.#control<ReceivedRequest[]>(`/seen/${encodeURIComponent(tag)}`, "");
  }

  /** Requests to the pod's collector in which the text stands. */
  collected(text: string): Promise<readonly Collected[]> {
    return this.#control<Collected[]>(`/collected/${encodeURIComponent(text)}`, "");
  }

  /** A file in the sidecar's working directory; empty where there is none. */
  file(name: string): Promise<string> {
    return readFile(join(this.#folder, this.spec.name, name), "utf8").catch(() => "");
  }

  log(): string {
    return `--- ${this.spec.name}\n${this.#program.log()}\n${this.#sidecar?.log() ?? ""}`;
  }

  async stop(): Promise<void> {
    await Promise.all([this.#program.stop(), this.#sidecar?.stop()]);
  }

  #control<T>(path: string, body: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const call = request({ socketPath: this.#socket, path, method: "POST" }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer.once("end", () => resolve(JSON.parse(text) as T));
        answer.once("error", reject);
      });
      call.once("error", reject);
      call.end(body);
    });
  }
}

/** A GET, sent once. */
export const once = {
  method: "GET",
  headers: {},
  count: 1,
  parallel: 1,
  timeoutMs: 5_000,
} as const satisfies Partial<ClientRequest>;
