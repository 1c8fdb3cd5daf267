import { create } from "@bufbuild/protobuf";
import type { Clock } from "../clock.ts";
import {
  type AgentMessage,
  type Chunk,
  ChunkSchema,
  type ServerMessage,
} from "../gen/heddle/relay/v1/relay_pb.ts";
import type { Limits } from "../limits.ts";
import { RelayError } from "../relay-error.ts";
import type { Codec } from "./contract.ts";
import { type FrameDuplex, FrameWriter } from "./frame-writer.ts";
import { Reassembler, type ReassemblyBudget } from "./reassembly.ts";
import { Rope } from "./rope.ts";

/** What a chunk's own fields and its wrapping take at most, in bytes. */
const chunkOverhead = 64;

export interface MessageStreamOptions<In extends AgentMessage | ServerMessage> {
  readonly duplex: FrameDuplex;
  readonly codec: Codec<In>;
  readonly limits: Limits;
  /** The largest frame the other end takes, in bytes. */
  readonly sendFrameBytes: () => number;
  readonly clock: Clock;
  readonly budget: ReassemblyBudget;
}

/** One end of the stream: whole messages in both directions over frames of bounded size. */
export class MessageStream<In extends AgentMessage | ServerMessage> {
  readonly #options: MessageStreamOptions<In>;
  readonly #writer: FrameWriter;
  readonly #reassembler: Reassembler;
  #chunkedSends: Promise<void> = Promise.resolve();
  #nextMessageId = 0;

  constructor(options: MessageStreamOptions<In>) {
    this.#options = options;
    this.#writer = new FrameWriter(options.duplex, options.clock);
    this.#reassembler = new Reassembler(options.limits, options.clock, options.budget);
  }

  /** Sends one encoded message, given in parts; resolves when the transport has taken it, rejects with a `RelayError` if it cannot. */
  send(...parts: readonly Uint8Array[]): Promise<void> {
    const message = new Rope(parts);
    if (message.length <= this.#options.sendFrameBytes())
      return this.#writer.write(message.slice(0, message.length));
    // One chunked message at a time: the other end never holds more than one of ours. Small ones pass between the chunks.
    const sent = this.#chunkedSends.then(() => this.#sendChunks(message));
    this.#chunkedSends = sent.catch(() => undefined);
    return sent;
  }

  /** Yields whole messages until the other end is done. Throws `RelayError`; the one reader calls it once. */
  async *receive(): AsyncGenerator<In> {
    try {
      for await (const frame of this.#options.duplex.iterator({ destroyOnReturn: false })) {
        if (!(frame instanceof Uint8Array)) throw new RelayError("RELAY_PROTOCOL_VIOLATION");
        const message = this.#accept(frame);
        if (message) yield message;
      }
    } catch (cause) {
      throw wasCut(cause) ? new RelayError("RELAY_CLOSED", { cause }) : RelayError.from(cause);
    }
  }

  /** Throws `RELAY_TIMEOUT` when the other end has stopped taking or completing what was begun. */
  checkProgress(): void {
    const { clock, limits } = this.#options;
    const since = this.#writer.blockedSince;
    if (since !== undefined && clock.now() - since > limits.transferMs) throw new RelayError("RELAY_TIMEOUT");
    this.#reassembler.expire();
  }

  /** Fails every send, waiting or to come, and frees what is in reassembly. */
  close(error: RelayError): void {
    this.#writer.close(error);
    this.#reassembler.clear();
  }

  #accept(frame: Uint8Array): In | undefined {
    const message = this.#decode(frame);
    if (message.body.case !== "chunk") return message;
    const whole = this.#reassembler.accept(message.body.value);
    if (!whole) return undefined;
    const inner = this.#decode(whole);
    if (inner.body.case === "chunk") throw new RelayError("RELAY_PROTOCOL_VIOLATION");
    return inner;
  }

  #decode(bytes: Uint8Array): In {
    try {
      return this.#options.codec.decode(bytes);
    } catch (cause) {
      throw new RelayError("RELAY_PROTOCOL_VIOLATION", { cause });
    }
  }

  async #sendChunks(message: Rope): Promise<void> {
    const messageId = this.#nextMessageId++ >>> 0;
    const size = this.#options.sendFrameBytes() - chunkOverhead;
    for (let start = 0, index = 0; start < message.length; start += size, index++) {
      const last = start + size >= message.length;
      const data = message.slice(start, Math.min(start + size, message.length));
      const chunk: Chunk = create(ChunkSchema, { messageId, index, last, data, total: message.length });
      await this.#writer.write(this.#options.codec.encodeChunk(chunk));
    }
  }
}

/** How Node says that a stream was destroyed while it was read. */
function wasCut(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}
