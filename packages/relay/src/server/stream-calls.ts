import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { AgentCertificate } from "../agent-certificate.ts";
import type { Clock } from "../clock.ts";
import type { AgentMessage } from "../gen/heddle/relay/v1/relay_pb.ts";
import type { Limits } from "../limits.ts";
import type { Logger } from "../logger.ts";
import { versionsAgree } from "../protocol-version.ts";
import { readRejection } from "../rejection.ts";
import { isRelayErrorCode, RelayError } from "../relay-error.ts";
import { encodeServerMessage, serverCodec } from "../wire/contract.ts";
import { MessageStream } from "../wire/message-stream.ts";
import type { ReassemblyBudget } from "../wire/reassembly.ts";
import { SerialQueue } from "../wire/serial-queue.ts";
import { within } from "../within.ts";
import { certificateOf, clusterOf } from "./caller.ts";
import type { AuthorityPort, RelayCluster, RelayHandlers } from "./ports.ts";
import { readHello, readInventory, readReports } from "./read-agent-message.ts";
import { LiveSession } from "./relay-session.ts";
import type { ServerTiming } from "./server-options.ts";
import type { SessionRegistry } from "./session-registry.ts";

/** Messages of one agent that may wait for a handler before reading stops. */
const handlerRoom = 4;

export interface StreamOptions {
  readonly trustDomain: string;
  readonly authority: AuthorityPort;
  readonly handlers: RelayHandlers;
  readonly limits: Limits;
  readonly timing: ServerTiming;
  readonly budget: ReassemblyBudget;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly protocolVersion: string;
  readonly sessions: SessionRegistry;
  /** Cuts a peer's connection, for those that do not leave by themselves. */
  readonly cut: (peer: string) => void;
}

type Call = ServerDuplexStream<Buffer, Buffer>;
type Stream = MessageStream<AgentMessage>;

/** Serves `Relay.Connect`: from the certificate over Hello and Welcome to Goodbye. */
export class StreamCalls {
  readonly #options: StreamOptions;
  readonly #served = new Set<Promise<void>>();

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  readonly connect = (call: Call): void => {
    const served = this.#serve(call).finally(() => this.#served.delete(served));
    this.#served.add(served);
  };

  /** Resolves when no stream is served any more, or after `ms`. */
  async idle(ms: number): Promise<void> {
    await within(this.#options.clock, ms, Promise.all(this.#served)).catch(() => undefined);
  }

  async #serve(call: Call): Promise<void> {
    const { limits, clock, budget, logger } = this.#options;
    const stream = new MessageStream({
      duplex: call,
      codec: serverCodec,
      limits,
      sendFrameBytes: () => limits.frameBytes,
      clock,
      budget,
    });
    call.once("cancelled", () => stream.close(new RelayError("RELAY_CLOSED")));
    try {
      await this.#converse(call, stream);
    } catch (cause) {
      const error = RelayError.from(cause);
      logger.warn({ peer: call.getPeer(), code: error.code, ...causeOf(error) }, "stream refused");
      this.#end(call, stream, error);
    }
  }

  /** Throws the reason when it does not come to a session. */
  async #converse(call: Call, stream: Stream): Promise<void> {
    const messages = stream.receive();
    await this.#attend(call, stream, await this.#admit(call, stream, messages), messages);
  }

  async #admit(call: Call, stream: Stream, messages: AsyncGenerator<AgentMessage>): Promise<LiveSession> {
    const { authority, clock, sessions, timing, trustDomain } = this.#options;
    const certificate = certificateOf(call, trustDomain, clock.now());
    const arrival = sessions.arrive(certificate);
    try {
      const cluster = await clusterOf(certificate, authority);
      const first = await within(clock, timing.helloMs, messages.next());
      if (first.done) throw new RelayError("RELAY_CLOSED");
      const session = this.#open(stream, cluster, certificate, first.value);
      arrival.check();
      sessions.add(session)?.close("RELAY_SUPERSEDED");
      // In the same turn: whoever finds the session and delivers comes after the Welcome. If it fails, reading says why.
      stream.send(this.#welcome(session)).catch(() => undefined);
      return session;
    } finally {
      arrival.done();
    }
  }

  #open(
    stream: Stream,
    cluster: RelayCluster,
    certificate: AgentCertificate,
    first: AgentMessage,
  ): LiveSession {
    const { clock, limits, protocolVersion, random, timing } = this.#options;
    if (first.body.case !== "hello") throw new RelayError("RELAY_PROTOCOL_VIOLATION");
    const hello = readHello(first.body.value);
    if (!versionsAgree(protocolVersion, hello.protocolVersion))
      throw new RelayError("RELAY_VERSION_UNSUPPORTED");
    if (hello.clusterUid !== certificate.clusterUid) throw new RelayError("RELAY_CLUSTER_MISMATCH");
    const connectedAt = clock.now();
    const rebalanceAt = connectedAt + timing.maxAgeMs * (0.9 + random() * 0.2);
    return new LiveSession({ cluster, certificate, hello, stream, limits, connectedAt, rebalanceAt });
  }

  /** Never throws: whatever happens to a session ends in `onDisconnect`. */
  async #attend(
    call: Call,
    stream: Stream,
    session: LiveSession,
    messages: AsyncGenerator<AgentMessage>,
  ): Promise<void> {
    const { handlers, sessions, logger } = this.#options;
    const about = { cluster: session.cluster.name, session: session.id };
    logger.info({ ...about, agentVersion: session.hello.agentVersion }, "agent connected");
    const queue = new SerialQueue(handlerRoom, (cause) => session.fail(RelayError.from(cause)));
    let left = true;
    const error = await Promise.race([this.#listen(stream, session, queue, messages), session.closing]).catch(
      (cause: unknown) => {
        left = false;
        return RelayError.from(cause);
      },
    );
    session.fail(error);
    sessions.remove(session);
    logger.info({ ...about, code: error.code, ...causeOf(error) }, "agent disconnected");
    if (!left) await this.#sayGoodbye(stream, error);
    this.#end(call, stream, error);
    await queue.idle();
    handlers.onDisconnect(session, error.code);
  }

  /** Resolves when the agent leaves, with the reason it gave. */
  async #listen(
    stream: Stream,
    session: LiveSession,
    queue: SerialQueue,
    messages: AsyncGenerator<AgentMessage>,
  ): Promise<RelayError> {
    const { clock, handlers } = this.#options;
    await queue.add(() => handlers.onConnect(session));
    for await (const { body } of messages) {
      if (session.closed) break;
      session.lastSeenAt = clock.now();
      if (body.case === "heartbeat") session.answerHeartbeat(body.value.sequence);
      else if (body.case === "goodbye") {
        const { code } = body.value;
        return new RelayError(isRelayErrorCode(code) ? code : "RELAY_CLOSED");
      } else {
        session.reading = false;
        await queue.add(() => this.#handle(stream, session, body));
        session.reading = true;
        session.lastSeenAt = clock.now();
      }
    }
    return new RelayError("RELAY_CLOSED");
  }

  async #handle(stream: Stream, session: LiveSession, body: AgentMessage["body"]): Promise<void> {
    if (session.closed) return;
    const { handlers, limits } = this.#options;
    switch (body.case) {
      case "inventoryDelta": {
        const inventory = readInventory(body.value, limits.itemBytes);
        await handlers.onInventory(session, inventory);
        const { sequence } = body.value;
        const rejected = inventory.rejected.slice(body.value.rejected.length);
        return stream.send(encodeServerMessage({ case: "inventoryAck", value: { sequence, rejected } }));
      }
      case "statusReport":
        return this.#takeReports(session, body.value.reports);
      case "deliveryAck": {
        const { deliveryId, rejected, applyMicroseconds, reports } = body.value;
        if (reports.length > 0) await this.#takeReports(session, reports);
        return handlers.onDeliveryAck(session, {
          deliveryId,
          rejected: rejected.map(readRejection),
          applyMs: applyMicroseconds / 1000,
        });
      }
      case "hello":
        throw new RelayError("RELAY_PROTOCOL_VIOLATION");
      default: // A newer minor's message; the ones that matter came earlier.
        return;
    }
  }

  async #takeReports(session: LiveSession, encoded: readonly Uint8Array[]): Promise<void> {
    const { reports, dropped } = readReports(encoded);
    if (dropped > 0)
      this.#options.logger.warn(
        { cluster: session.cluster.name, dropped },
        "reports that are none were dropped",
      );
    await this.#options.handlers.onStatus(session, reports);
  }

  #welcome(session: LiveSession): Uint8Array {
    const { limits, timing, protocolVersion } = this.#options;
    return encodeServerMessage({
      case: "welcome",
      value: {
        protocolVersion,
        heartbeatIntervalMs: timing.heartbeatMs,
        limits: {
          maxMessageBytes: limits.messageBytes,
          maxFrameBytes: limits.frameBytes,
          maxItemBytes: limits.itemBytes,
        },
        driftMode: session.cluster.driftMode,
      },
    });
  }

  async #sayGoodbye(stream: Stream, { code, retryAfterMs }: RelayError): Promise<void> {
    const { clock, timing } = this.#options;
    const goodbye = encodeServerMessage({ case: "goodbye", value: { code, retryAfterMs } });
    await within(clock, timing.goodbyeMs, stream.send(goodbye)).catch(() => undefined);
  }

  #end(call: Call, stream: Stream, error: RelayError): void {
    stream.close(error);
    const { clock, cut, timing } = this.#options;
    const peer = call.getPeer();
    const callOff = clock.after(timing.goodbyeMs, () => cut(peer));
    // gRPC says so when the HTTP/2 stream is over, however it ended; the call's own "close" comes earlier.
    call.once("cancelled", callOff);
    if (call.cancelled) callOff();
    // gRPC's way to end a stream with a status.
    else call.emit("error", error.toStatus());
  }
}

/** What to log of a failure inside, which the peer is not told. */
function causeOf(error: RelayError): { readonly cause?: unknown } {
  return error.code === "RELAY_INTERNAL" ? { cause: error.cause } : {};
}
