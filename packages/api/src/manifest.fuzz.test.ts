import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { findingCatalogue } from "./finding-catalogue.ts";
import { parseManifests, validateManifest } from "./manifest.ts";
import { foundCases, fuzzing, fuzzTimeoutMs, mutated } from "./testing/fuzz.ts";

const examples = new URL("../../../docs/examples/", import.meta.url);
const seeds = readdirSync(examples).map((name) => readFileSync(new URL(name, examples)));
const asJson = seeds.map((seed) =>
  Buffer.from(JSON.stringify(parseManifests([{ file: "seed", text: seed }]).manifests[0])),
);
const words = [
  "__proto__: ",
  "constructor: ",
  "&a ",
  "*a",
  "<<: *a\n",
  "{",
  "[",
  "- ",
  "? ",
  "\n---\n",
  "!!binary ",
  "!!map ",
  "'",
  '"',
  "\\",
  "|\n",
  "\t",
  "\r\n",
  "\ufeff",
  "\u0000",
  "\u2028",
  "1e999",
  "-.inf",
  "9007199254740993",
  "0x7fffffffffffffff",
  "~",
  "null",
  "kind: List\nitems:\n- ",
  "metadata: ",
  "spec: ",
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4]),
];
/** Longest that one file of at most 256 KiB may take on a busy machine, in ms. */
const atMostMs = 5_000;

it(
  "whatever becomes of a manifest is read, or refused with a code of the catalogue, in time",
  () => {
    fc.assert(
      fc.property(mutated([...seeds, ...asJson], words), (text) => {
        const started = performance.now();
        const { manifests, findings } = parseManifests([{ file: "fuzz.yaml", text }]);
        expect(performance.now() - started).toBeLessThan(atMostMs);
        for (const { code } of findings) expect(Object.hasOwn(findingCatalogue, code)).toBe(true);
        for (const { origin: _, ...manifest } of manifests) {
          // What was taken once is taken again, and is the same.
          const again = validateManifest(JSON.parse(JSON.stringify(manifest)));
          expect(again.manifest && { ...again.manifest, origin: undefined }).toEqual({
            ...manifest,
            origin: undefined,
          });
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { ...fuzzing, examples: foundCases(new URL("fuzz-cases/", import.meta.url)).map((text) => [text]) },
    );
  },
  fuzzTimeoutMs,
);
