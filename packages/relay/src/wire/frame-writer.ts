import type { Clock } from "../clock.ts";
import { RelayError } from "../relay-error.ts";

/** What gRPC's server and client streams have in common. */
export interface FrameDuplex {
  write(frame: Buffer, taken: (error?: Error | null) => void): boolean;
  iterator(options: { readonly destroyOnReturn: boolean }): AsyncIterable<unknown>;
}

/**
 * Writes frames to a gRPC stream one at a time, each only when HTTP/2 flow control has taken the one before: a slow reader costs this
 * end one frame of memory, however much is waiting to be said.
 */
export class FrameWriter {
  readonly #duplex: FrameDuplex;
  readonly #clock: Clock;
  #tail: Promise<void> = Promise.resolve();
  #current: { readonly since: number; readonly reject: (error: RelayError) => void } | undefined;
  #closed: RelayError | undefined;

  constructor(duplex: FrameDuplex, clock: Clock) {
    this.#duplex = duplex;
    this.#clock = clock;
  }

  /** When the frame under way was handed over, in ms since 1970; undefined when none is. */
  get blockedSince(): number | undefined {
    return this.#current?.since;
  }

  /** Resolves when the transport has taken the frame; rejects once the writer is closed. Order is that of the calls. */
  write(frame: Uint8Array): Promise<void> {
    const written = this.#tail.then(() => this.#writeNow(frame));
    this.#tail = written.catch(() => undefined);
    return written;
  }

  /** Rejects what waits and what comes. The stream itself is the caller's to end. */
  close(error: RelayError): void {
    this.#closed ??= error;
    this.#current?.reject(error);
  }

  #writeNow(frame: Uint8Array): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      this.#current = { since: this.#clock.now(), reject };
      this.#duplex.write(asBuffer(frame), (error) => {
        if (error) reject(new RelayError("RELAY_CLOSED", { cause: error }));
        else resolve();
      });
    }).finally(() => {
      this.#current = undefined;
    });
  }
}

/** The same memory; gRPC wants a Buffer. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
