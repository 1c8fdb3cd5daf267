/** Bytes in several pieces, read as one; nothing is copied until a slice is. */
export class Rope {
  readonly #parts: readonly Uint8Array[];
  readonly length: number;

  constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
    this.length = parts.reduce((sum, part) => sum + part.length, 0);
  }

  /** The bytes from `start` up to `end`; of a single part without a copy. */
  slice(start: number, end: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    let offset = 0;
    for (const part of this.#parts) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, part.length);
      if (from < to) pieces.push(part.subarray(from, to));
      offset += part.length;
    }
    const [only] = pieces;
    return pieces.length === 1 && only ? only : Buffer.concat(pieces);
  }
}
