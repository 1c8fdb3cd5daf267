import type { Client, ClientDuplexStream } from "@grpc/grpc-js";
import type { BundleReport, Fact, FactKey } from "@heddle/api";
import { factKey } from "@heddle/api/fact-key";
import type { Clock } from "../clock.ts";
import type { ServerMessage, Welcome } from "../gen/heddle/relay/v1/relay_pb.ts";
import type { Limits } from "../limits.ts";
import { knowsMinor, versionsAgree } from "../protocol-version.ts";
import { type Rejection, readRejection, tooLarge } from "../rejection.ts";
import { isRelayErrorCode, RelayError, type RelayErrorCode } from "../relay-error.ts";
import { agentCodec, connectMethod, encodeAgentMessage } from "../wire/contract.ts";
import { MessageStream } from "../wire/message-stream.ts";
import { ReassemblyBudget } from "../wire/reassembly.ts";
import { SerialQueue } from "../wire/serial-queue.ts";
import { within } from "../within.ts";
import type { AgentHandlers, AgentState } from "./ports.ts";
import { readDelivery, readWelcome } from "./read-server-message.ts";

/** Deliveries that may wait for the handler before reading stops. */
const handlerRoom = 2;
/** Heartbeats that may go unanswered before the server counts as gone. */
const missedHeartbeats = 3;
const leaveMs = 1_000;

export interface SentInventory {
  /** Larger than that of any inventory before. */
  readonly sequence: number;
  readonly full: boolean;
  readonly upserts: readonly Fact[];
  readonly deletes: readonly FactKey[];
}

export interface ConnectionOptions {
  readonly client: Client;
  readonly state: AgentState;
  readonly handlers: AgentHandlers;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly protocolVersion: string;
  /** Called once the server has said Welcome. */
  readonly onEstablished: () => void;
}

type Acknowledge = (rejected: readonly Rejection[]) => void;

/** One stream from Hello to its end. */
export class AgentConnection {
  readonly #options: ConnectionOptions;
  readonly #call: ClientDuplexStream<Buffer, Buffer>;
  readonly #stream: MessageStream<ServerMessage>;
  readonly #queue: SerialQueue;
  readonly #ending = Promise.withResolvers<never>();
  /** Settles when gRPC has the stream's final status. */
  readonly #over = Promise.withResolvers<void>();
  readonly #awaited = new Map<
    bigint,
    { readonly resolve: Acknowledge; readonly reject: (error: RelayError) => void }
  >();
  /** Of the messages so far of the delivery that is being received. */
  #unreadable: Rejection[] = [];
  #applyMs = 0;
  /** Whether the server takes reports with acknowledgements. */
  #acksReports = false;
  #sendFrameBytes: number;
  #itemBytes: number;
  #heartbeats = { sent: 0, unanswered: 0 };
  #stopHeartbeats: () => void = () => undefined;

  constructor(options: ConnectionOptions) {
    const { client, clock, limits } = options;
    this.#options = options;
    this.#sendFrameBytes = limits.frameBytes;
    this.#itemBytes = limits.itemBytes;
    const { path, requestSerialize, responseDeserialize } = connectMethod;
    this.#call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    this.#stream = new MessageStream({
      duplex: this.#call,
      codec: agentCodec,
      limits,
      sendFrameBytes: () => this.#sendFrameBytes,
      clock,
      budget: new ReassemblyBudget(limits.messageBytes),
    });
    this.#call.on("error", (error) => this.#stream.close(RelayError.from(error)));
    this.#call.on("status", () => {
      this.#stream.close(new RelayError("RELAY_CLOSED"));
      this.#over.resolve();
    });
    this.#queue = new SerialQueue(handlerRoom, (error) => this.#ending.reject(RelayError.from(error)));
    this.#ending.promise.catch(() => undefined);
  }

  /** Resolves with the reason when the stream has ended, whoever ended it. Never throws. */
  async run(): Promise<RelayError> {
    let error: RelayError;
    try {
      error = await Promise.race([this.#converse(), this.#ending.promise]);
    } catch (cause) {
      error = RelayError.from(cause);
    }
    this.#stopHeartbeats();
    await this.#leave(error);
    for (const { reject } of this.#awaited.values()) reject(error);
    this.#awaited.clear();
    await this.#queue.idle();
    return error;
  }

  /** Ends the stream with this reason. */
  end(code: RelayErrorCode): void {
    this.#ending.reject(new RelayError(code));
  }

  /** Resolves once the server has stored it, with the facts that it did not take. Rejects with a `RelayError` when the stream ends first. */
  async sendInventory({ sequence, full, upserts, deletes }: SentInventory): Promise<readonly Rejection[]> {
    const facts = upserts.map((fact) => ({ key: factKey(fact), fact: Buffer.from(JSON.stringify(fact)) }));
    const tooLong = facts.filter(({ fact }) => fact.length > this.#itemBytes);
    const rejected = tooLong.map(({ key, fact }) => tooLarge(key, fact.length, this.#itemBytes));
    const id = BigInt(sequence);
    const { promise, resolve, reject } = Promise.withResolvers<readonly Rejection[]>();
    this.#awaited.set(id, { resolve, reject });
    const sent = facts.filter(({ fact }) => fact.length <= this.#itemBytes);
    const value = { sequence: id, full, upserts: sent, deletes: [...deletes], rejected };
    this.#stream.send(encodeAgentMessage({ case: "inventoryDelta", value })).catch(reject);
    return [...rejected, ...(await promise)];
  }

  sendStatus(reports: readonly BundleReport[]): Promise<void> {
    const value = { reports: encodeReports(reports) };
    return this.#stream.send(encodeAgentMessage({ case: "statusReport", value }));
  }

  async #converse(): Promise<RelayError> {
    const { clock, handlers, limits, onEstablished, protocolVersion, state } = this.#options;
    const messages = this.#stream.receive();
    const { inventory, bundles, ...facts } = state;
    const last = inventory ? { inventory: { ...inventory, sequence: BigInt(inventory.sequence) } } : {};
    const hello = { ...facts, ...last, bundles: [...bundles], protocolVersion };
    // When this cannot be sent, reading says why.
    this.#stream.send(encodeAgentMessage({ case: "hello", value: hello })).catch(() => undefined);
    const first = await within(clock, limits.transferMs, messages.next());
    if (first.done) return new RelayError("RELAY_CLOSED");
    if (first.value.body.case === "goodbye") return goodbyeError(first.value.body.value);
    if (first.value.body.case !== "welcome") throw new RelayError("RELAY_PROTOCOL_VIOLATION");
    const welcome = first.value.body.value;
    if (!versionsAgree(protocolVersion, welcome.protocolVersion))
      throw new RelayError("RELAY_VERSION_UNSUPPORTED");
    this.#adopt(welcome);
    await this.#queue.add(() => handlers.onWelcome(readWelcome(welcome)));
    onEstablished();
    for await (const { body } of messages) {
      if (body.case === "goodbye") return goodbyeError(body.value);
      await this.#take(body);
    }
    return new RelayError("RELAY_CLOSED");
  }

  async #take(body: ServerMessage["body"]): Promise<void> {
    switch (body.case) {
      case "heartbeat":
        this.#heartbeats.unanswered = 0;
        return;
      case "delivery":
        return this.#queue.add(() => this.#deliver(body.value));
      case "inventoryRequest":
        return this.#queue.add(() => this.#options.handlers.onInventoryRequest());
      case "inventoryAck": {
        const { sequence, rejected } = body.value;
        this.#awaited.get(sequence)?.resolve(rejected.map(readRejection));
        this.#awaited.delete(sequence);
        return;
      }
      default: // A newer minor's message.
        return;
    }
  }

  async #deliver(received: Parameters<typeof readDelivery>[0]): Promise<void> {
    const { handlers, limits } = this.#options;
    const { delivery, unreadable } = readDelivery(received, limits.itemBytes);
    this.#unreadable.push(...unreadable);
    const started = performance.now();
    const reports = await handlers.onDelivery(delivery);
    this.#applyMs += performance.now() - started;
    const together = !received.more && this.#acksReports;
    if (reports.length > 0 && !together) await this.sendStatus(reports);
    if (received.more) return;
    const applyMicroseconds = Math.min(Math.round(this.#applyMs * 1000), 0xffff_ffff);
    const value = {
      deliveryId: received.id,
      rejected: this.#unreadable,
      applyMicroseconds,
      reports: together ? encodeReports(reports) : [],
    };
    this.#unreadable = [];
    this.#applyMs = 0;
    await this.#stream.send(encodeAgentMessage({ case: "deliveryAck", value }));
  }

  #adopt({ limits, heartbeatIntervalMs, protocolVersion }: Welcome): void {
    this.#acksReports = knowsMinor(protocolVersion, 1);
    if (limits) {
      this.#sendFrameBytes = Math.min(this.#sendFrameBytes, limits.maxFrameBytes);
      this.#itemBytes = Math.min(this.#itemBytes, limits.maxItemBytes);
    }
    if (heartbeatIntervalMs > 0) this.#beatEvery(heartbeatIntervalMs);
  }

  #beatEvery(intervalMs: number): void {
    const beat = (): void => {
      this.#stopHeartbeats = this.#options.clock.after(intervalMs, beat);
      // While the queue is full nothing is read, so that nothing unread speaks against the server.
      if (this.#heartbeats.unanswered >= missedHeartbeats && !this.#queue.full) {
        this.end("RELAY_TIMEOUT");
        return;
      }
      this.#heartbeats.unanswered++;
      const value = { sequence: ++this.#heartbeats.sent };
      this.#stream.send(encodeAgentMessage({ case: "heartbeat", value })).catch(() => undefined);
    };
    this.#stopHeartbeats = this.#options.clock.after(intervalMs, beat);
  }

  /** Says Goodbye if there is still someone to say it to, then lets go of the connection. */
  async #leave({ code }: RelayError): Promise<void> {
    const { client, clock } = this.#options;
    const goodbye = encodeAgentMessage({ case: "goodbye", value: { code } });
    await within(clock, leaveMs, this.#stream.send(goodbye)).catch(() => undefined);
    this.#stream.close(new RelayError(code));
    this.#call.end();
    await within(clock, leaveMs, this.#over.promise).catch(() => undefined);
    this.#call.cancel();
    client.close();
  }
}

function encodeReports(reports: readonly BundleReport[]): Buffer<ArrayBuffer>[] {
  return reports.map((report) => Buffer.from(JSON.stringify(report)));
}

function goodbyeError({
  code,
  retryAfterMs,
}: {
  readonly code: string;
  readonly retryAfterMs: number;
}): RelayError {
  return new RelayError(isRelayErrorCode(code) ? code : "RELAY_CLOSED", { retryAfterMs });
}
