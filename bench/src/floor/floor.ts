import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Client, type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import { createAuthority, createKeyAndCsr } from "@heddle/trust";
import { fanOut } from "./fan-out-method.ts";
import type { Begin } from "./fan-out-process.ts";

const hour = 3_600_000;
const serverName = "floor.bench";
const answer = Buffer.alloc(200, "x");

/**
 * What this machine needs for a bare fan-out: a process that sends one message to each of many streams, each a connection with mutual TLS,
 * whose other ends are here and answer. Heddle is compared with it.
 */
export class Floor implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #clients: Client[] = [];
  readonly #calls: ClientDuplexStream<Buffer, Buffer>[] = [];
  #missing = 0;
  #complete = (): void => undefined;

  private constructor(server: ChildProcess) {
    this.#process = server;
  }

  static async open(streams: number): Promise<Floor> {
    const clock = { now: () => Date.now() };
    const authority = await createAuthority({ commonName: "Floor", ttlMs: hour, clock });
    const tls = await authority.issueServerCertificate({ dnsNames: [serverName], ips: [], ttlMs: hour });
    const process = fork(new URL("../../dist/floor/fan-out-process.js", import.meta.url));
    const begin: Begin = { ca: authority.certificatePem, chain: tls.chainPem, key: tls.privateKeyPem };
    process.send(begin);
    const [{ port }] = (await once(process, "message")) as [{ port: number }];
    const floor = new Floor(process);
    const { privateKeyPem, csrPem } = await createKeyAndCsr();
    const { certificatePem } = await authority.issueFromCsr({
      csr: csrPem,
      uriSan: "spiffe://floor/agent",
      ttlMs: hour,
      usages: ["clientAuth"],
    });
    const secured = credentials.createSsl(
      Buffer.from(authority.certificatePem),
      Buffer.from(privateKeyPem),
      Buffer.from(certificatePem),
    );
    for (let index = 0; index < streams; index++) floor.#connect(`127.0.0.1:${port}`, secured);
    // A stream is known to the other end once something has come through it.
    while (!(await floor.#reachesAll()));
    return floor;
  }

  /** Ms from the order to send until every stream has the message. */
  async round(): Promise<number> {
    const started = performance.now();
    this.#missing = this.#calls.length;
    const complete = new Promise<void>((resolve) => {
      this.#complete = resolve;
    });
    this.#process.send("send");
    await complete;
    return performance.now() - started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const call of this.#calls) call.cancel();
    for (const client of this.#clients) client.close();
    const ended = once(this.#process, "exit");
    this.#process.disconnect();
    await ended;
  }

  /** Sends once; whether every stream got it within a second. */
  async #reachesAll(): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, 1_000, false));
    return Promise.race([this.round().then(() => true), late]);
  }

  #connect(address: string, secured: ReturnType<typeof credentials.createSsl>): void {
    const client = new Client(address, secured, {
      "grpc.ssl_target_name_override": serverName,
      // Otherwise all would share one connection.
      "grpc.use_local_subchannel_pool": 1,
    });
    const call = client.makeBidiStreamRequest(
      fanOut.path,
      fanOut.requestSerialize,
      fanOut.responseDeserialize,
    );
    call.on("data", () => {
      call.write(answer);
      this.#missing -= 1;
      if (this.#missing === 0) this.#complete();
    });
    call.on("error", () => undefined);
    this.#clients.push(client);
    this.#calls.push(call);
  }
}
