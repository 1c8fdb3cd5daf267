import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";

interface Mutation {
  readonly kind: "flip" | "cut" | "copy" | "insert" | "repeat" | "end";
  /** Parts of the whole, 0 to 1. */
  readonly at: number;
  readonly from: number;
  readonly length: number;
  readonly word: Uint8Array;
  readonly times: number;
}

/** Fuzzing lasts this long, in ms; `HEDDLE_FUZZ_SECONDS` makes it longer. */
const budgetMs = Number(process.env["HEDDLE_FUZZ_SECONDS"] ?? 3) * 1_000;

/** As many runs as the time allows. The seed of what fails is told; `HEDDLE_PROPERTY_SEED=random` looks for more. */
export const fuzzing = {
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: budgetMs,
  markInterruptAsFailure: false,
} as const;

/** What fuzzing found before, kept as files of a folder (its URL ends with a slash): tried first in every run. */
export function foundCases(folder: URL): Uint8Array[] {
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(new URL(name, folder)));
}

/** Longer than a run may take: for the test's own timeout, in ms. */
export const fuzzTimeoutMs = budgetMs + 60_000;

/** One of the seeds after up to eight mutations, into which words of the dictionary come; at most 256 KiB. */
export function mutated(
  seeds: readonly Uint8Array[],
  dictionary: readonly (string | Uint8Array)[],
): fc.Arbitrary<Uint8Array> {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const words = dictionary.map((word) => Buffer.from(word));
  const mutation: fc.Arbitrary<Mutation> = fc.record({
    kind: fc.constantFrom("flip", "cut", "copy", "insert", "insert", "repeat", "end"),
    at: part,
    from: part,
    length: fc.nat(64),
    word: fc.constantFrom(...words),
    times: fc.oneof({ weight: 9, arbitrary: fc.nat(8) }, { weight: 1, arbitrary: fc.nat(4_000) }),
  });
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 8 }))
    .map(([seed, mutations]) => mutations.reduce(mutate, seed).subarray(0, 256 * 1024));
}

function mutate(bytes: Uint8Array, { kind, at, from, length, word, times }: Mutation): Uint8Array {
  const offset = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, offset), bytes.subarray(offset)];
  const source = Math.floor(from * bytes.length);
  switch (kind) {
    case "flip":
      return Buffer.concat([before, Buffer.from([(after[0] ?? 0) ^ (1 << (length % 8))]), after.subarray(1)]);
    case "cut":
      return Buffer.concat([before, after.subarray(length)]);
    case "copy":
      return Buffer.concat([before, bytes.subarray(source, source + length), after]);
    case "insert":
      return Buffer.concat([before, word, after]);
    case "repeat":
      return Buffer.concat([before, ...Array.from({ length: times }, () => word), after]);
    case "end":
      return before;
  }
}
