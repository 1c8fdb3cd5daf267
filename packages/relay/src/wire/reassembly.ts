import type { Clock } from "../clock.ts";
import type { Chunk } from "../gen/heddle/relay/v1/relay_pb.ts";
import { type Limits, smallestChunkBytes } from "../limits.ts";
import { RelayError } from "../relay-error.ts";

/** Bytes that all streams of a process may hold in reassembly together. */
export class ReassemblyBudget {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  /** Throws `RELAY_OVERLOADED` when there is not that much left. */
  take(bytes: number): void {
    if (this.#held + bytes > this.#most) throw new RelayError("RELAY_OVERLOADED");
    this.#held += bytes;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

interface Assembly {
  readonly total: number;
  readonly startedAt: number;
  readonly pieces: Uint8Array[];
  received: number;
}

/**
 * Puts one stream's chunks together. Memory grows with bytes that arrived, never with what a chunk announces. Every breach throws a
 * `RelayError` that ends the stream: an honest peer commits none.
 */
export class Reassembler {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #budget: ReassemblyBudget;
  readonly #partials = new Map<number, Assembly>();
  #held = 0;

  constructor(limits: Limits, clock: Clock, budget: ReassemblyBudget) {
    this.#limits = limits;
    this.#clock = clock;
    this.#budget = budget;
  }

  /** The whole message when `chunk` was its last piece. */
  accept(chunk: Chunk): Uint8Array | undefined {
    const partial = this.#partials.get(chunk.messageId) ?? this.#begin(chunk);
    this.#check(chunk, partial);
    this.#budget.take(chunk.data.length);
    this.#held += chunk.data.length;
    partial.received += chunk.data.length;
    partial.pieces.push(chunk.data);
    if (!chunk.last) return undefined;
    this.#partials.delete(chunk.messageId);
    this.#release(partial.received);
    return Buffer.concat(partial.pieces, partial.total);
  }

  /** Throws `RELAY_TIMEOUT` when a message has been in the making for too long. */
  expire(): void {
    const oldest = this.#clock.now() - this.#limits.transferMs;
    for (const { startedAt } of this.#partials.values())
      if (startedAt < oldest) throw new RelayError("RELAY_TIMEOUT");
  }

  /** Gives back what is held; to be called once when the stream ends. */
  clear(): void {
    this.#partials.clear();
    this.#release(this.#held);
  }

  #begin(chunk: Chunk): Assembly {
    if (chunk.total > this.#limits.messageBytes) throw new RelayError("RELAY_MESSAGE_TOO_LARGE");
    if (this.#partials.size >= this.#limits.concurrentMessages)
      throw new RelayError("RELAY_PROTOCOL_VIOLATION");
    const partial: Assembly = { total: chunk.total, startedAt: this.#clock.now(), pieces: [], received: 0 };
    this.#partials.set(chunk.messageId, partial);
    return partial;
  }

  #check(chunk: Chunk, partial: Assembly): void {
    const received = partial.received + chunk.data.length;
    const inOrder = chunk.index === partial.pieces.length && chunk.total === partial.total;
    const fits = chunk.last ? received === partial.total : received < partial.total;
    const sound = chunk.last || chunk.data.length >= smallestChunkBytes;
    if (!inOrder || !fits || !sound) throw new RelayError("RELAY_PROTOCOL_VIOLATION");
    if (this.#held + chunk.data.length > this.#limits.messageBytes)
      throw new RelayError("RELAY_MESSAGE_TOO_LARGE");
  }

  #release(bytes: number): void {
    this.#held -= bytes;
    this.#budget.give(bytes);
  }
}
