import { Composer, type Document, LineCounter, Parser } from "yaml";
import type { Origin } from "../finding.ts";
import type { Problem } from "./json-value.ts";
import type { ReadLimits } from "./limits.ts";
import { offsetOf } from "./node-offset.ts";
import { NodeReader } from "./node-reader.ts";

/** One document of a file as plain JSON, with the way back to where each part was written. */
export interface YamlDocument {
  /** Undefined when the document could not be read. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly locate: (problem: Pick<Problem, "path" | "atKey" | "offset">) => Origin;
}

/**
 * YAML 1.2 core, whatever a document says of itself: no merge keys, no types of one's own. Keys are compared by `NodeReader`; the library's way
 * takes the square of their number.
 */
const options = {
  version: "1.2",
  schema: "core",
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "silent",
} as const;

/** Reads a file's documents one by one; empty ones are left out. Errors of one document do not keep others from being read. */
export function* yamlDocuments(file: string, text: string, limits: ReadLimits): Generator<YamlDocument> {
  const lines = new LineCounter();
  let index = -1;
  for (const document of new Composer(options).compose(new Parser(lines.addNewLine).parse(text))) {
    index++;
    yield readDocument(document, limits, (offset) => {
      const { line, col } = lines.linePos(offset);
      return { file, document: index, line, column: col };
    });
  }
}

function readDocument(
  document: Document.Parsed,
  limits: ReadLimits,
  origin: (offset: number) => Origin,
): YamlDocument {
  const reader = new NodeReader(limits);
  const broken = document.errors.length > 0;
  const value = broken || document.contents === null ? undefined : reader.read(document.contents);
  const faults = broken ? document.errors : document.warnings;
  const syntax = faults.map(
    (fault): Problem => ({
      code: fault.code === "RESOURCE_EXHAUSTION" ? "TOO_DEEP" : "YAML_SYNTAX",
      path: [],
      reason: fault.message.split("\n")[0] ?? fault.message,
      remedy:
        fault.code === "TAG_RESOLVE_FAILED"
          ? "remove the tag (!…); types follow from how values are written"
          : undefined,
      offset: fault.pos[0],
    }),
  );
  return {
    value: value === null ? undefined : value,
    problems: [...syntax, ...reader.problems],
    locate: ({ path, atKey, offset }) => origin(offset ?? offsetOf(document.contents, path, atKey === true)),
  };
}
