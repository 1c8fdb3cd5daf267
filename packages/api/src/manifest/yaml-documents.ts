import { Composer, type CST, type Document, Lexer, LineCounter, Parser } from "yaml";
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

/**
 * Reads a file's documents one by one; empty ones have no value. Errors of one document do not keep others from being read, unless it is so large,
 * or so broken, that reading it would fill the memory: reading ends there.
 */
export function* yamlDocuments(file: string, text: string, limits: ReadLimits): Generator<YamlDocument> {
  const lines = new LineCounter();
  const place = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return { file, document: index, line, column: col };
  };
  let index = 0;
  let end = 0;
  let ended: Problem | undefined;
  const tokens = boundedTokens(text, lines, limits, (problem) => {
    ended = problem;
  });
  for (const document of new Composer(options).compose(tokens)) {
    yield readDocument(document, limits, place);
    end = document.range[2];
    index++;
  }
  if (ended !== undefined) yield { value: undefined, problems: [ended], locate: () => place(end) };
}

/** The parser calls itself once a level: it is left long before that fills the stack, and long after the reader has refused the depth. */
const parserLevels = 10;

/**
 * The tokens of a text, a document at a time, until one document has too many parts or too many errors or directives outside of its tree, or
 * is too deep to be parsed.
 */
function* boundedTokens(
  text: string,
  lines: LineCounter,
  limits: ReadLimits,
  exceeded: (problem: Problem) => void,
): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  let parts = 0;
  let errors = 0;
  lines.addNewLine(0);
  for (const source of new Lexer().lex(text)) {
    parts++;
    for (const token of parser.next(source)) {
      if (token.type === "document") parts = errors = 0;
      if (token.type === "error" || token.type === "directive") errors++;
      yield token;
    }
    if (parts > limits.tokens || errors > limits.findings) {
      const reason = `the document has more than ${limits.tokens} parts, or more than ${limits.findings} directives and syntax errors`;
      exceeded({ code: "INPUT_TOO_LARGE", path: [], reason, remedy: "split the document" });
      return;
    }
    if (parser.stack.length > parserLevels * limits.depth) {
      exceeded({ code: "TOO_DEEP", path: [], reason: `there are more than ${limits.depth} levels` });
      return;
    }
  }
  yield* parser.end();
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
