/** Bounds on what travels; each end enforces its own on what it receives. All sizes in bytes. */
export interface Limits {
  /** One message on the wire; larger ones travel in chunks. */
  readonly frameBytes: number;
  /** One reassembled message, and all that a stream has in reassembly at once. */
  readonly messageBytes: number;
  /** One bundle or fact. Larger ones are left out and named. */
  readonly itemBytes: number;
  /** Bundles are gathered into messages of about this size. */
  readonly deliveryBytes: number;
  /** Messages in reassembly at once on one stream. */
  readonly concurrentMessages: number;
  /** How long a message may be in reassembly, and a frame or an answer under way, in ms. */
  readonly transferMs: number;
}

export const defaultLimits: Limits = {
  frameBytes: 1024 * 1024,
  messageBytes: 64 * 1024 * 1024,
  itemBytes: 16 * 1024 * 1024,
  deliveryBytes: 8 * 1024 * 1024,
  concurrentMessages: 4,
  transferMs: 60_000,
};

/** Of every chunk but the last. Without it, one-byte chunks would cost far more memory than the bytes they count for. */
export const smallestChunkBytes = 16 * 1024;
