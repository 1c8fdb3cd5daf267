import type { z } from "zod";
import type { PathSegment } from "../finding.ts";
import { fieldsAt, type JsonSchema } from "../json-schema.ts";
import { didYouMean, nearestName } from "../nearest-name.ts";
import type { Problem } from "./json-value.ts";

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: "invalid_union" }>;

/** Turns what zod says about a value into problems that people can act on: one for each mistake, at its own path. */
export function schemaProblems(issues: readonly Issue[], value: unknown, schema: JsonSchema): Problem[] {
  return issues.flatMap((issue) => problemsOf(issue, [], value, schema));
}

function problemsOf(issue: Issue, base: Path, value: unknown, schema: JsonSchema): Problem[] {
  const path: Path = [...base, ...issue.path.filter((key) => typeof key !== "symbol")];
  const input = valueAt(value, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownField([...path, key], fieldsAt(schema, path)));
    case "invalid_union":
      return unionProblems(issue, path, value, schema);
    case "invalid_type":
      return [input === undefined ? missing(path) : wrongType(path, describeType(issue.expected), input)];
    case "invalid_value":
      return [input === undefined ? missing(path) : notAChoice(path, issue.values.map(String), input)];
    case "too_small":
    case "too_big":
      return [{ code: "OUT_OF_RANGE", path, reason: limitReason(issue, input) }];
    case "not_multiple_of":
      return [{ code: "OUT_OF_RANGE", path, reason: `${show(input)} is not a multiple of ${issue.divisor}` }];
    case "invalid_key":
      return [
        {
          code: "INVALID_FORMAT",
          path,
          reason: `the key ${show(path.at(-1))} ${phrase(issue.issues[0]?.message ?? "is not allowed here")}`,
          remedy: "correct the key",
          atKey: true,
        },
      ];
    case "invalid_element":
      return issue.issues.flatMap((inner) => problemsOf(inner, path, value, schema));
    case "invalid_format":
    case "custom":
      return [{ code: "INVALID_FORMAT", path, reason: `${show(input)} ${phrase(issue.message)}` }];
  }
}

type Path = readonly PathSegment[];

/**
 * A value fits no branch of a union. The branch that it was probably meant for is the one that takes its type and has all its fields, or, failing
 * that, the fewest mistakes; only that branch's mistakes are told.
 */
function unionProblems(issue: UnionIssue, path: Path, value: unknown, schema: JsonSchema): Problem[] {
  const input = valueAt(value, path);
  if (input === undefined) return [missing(path)];
  const fitting = issue.errors.filter((branch) => !branch.some((one) => isAboutWhole(one)));
  if (fitting.length === 0) return [noBranchTakes(issue, path, input)];
  if (typeof input === "object" && input !== null && !Array.isArray(input)) {
    const fields = fieldsAt(schema, path);
    const given = Object.keys(input);
    const unknown = given.filter((key) => !fields.has(key));
    if (unknown.length > 0) return unknown.map((key) => unknownField([...path, key], fields));
    const entitled = fitting.filter((branch) => !branch.some((one) => one.code === "unrecognized_keys"));
    if (entitled.length === 0) return [tooManyForms(path, fitting, given)];
    return bestOf(entitled, path, value, schema);
  }
  return bestOf(fitting, path, value, schema);
}

function bestOf(candidates: readonly Issue[][], path: Path, value: unknown, schema: JsonSchema): Problem[] {
  const told = candidates.map((branch) => branch.flatMap((one) => problemsOf(one, path, value, schema)));
  const missingOnly = told.every((problems) => problems.some((one) => one.code === "MISSING_FIELD"));
  if (missingOnly && told.length > 1) {
    const names = new Set(told.flatMap((problems) => problems.map((one) => String(one.path.at(-1)))));
    const reason = `exactly one of ${[...names].join(", ")} is needed`;
    return [{ code: "MISSING_FIELD", path, reason, remedy: `set one of ${[...names].join(", ")}` }];
  }
  return told.reduce((best, problems) => (problems.length < best.length ? problems : best));
}

/** True for a mistake of the value as a whole: it has another type, or is another constant. */
function isAboutWhole(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function noBranchTakes(issue: UnionIssue, path: Path, input: unknown): Problem {
  const all = issue.errors.flat();
  const types = all.flatMap((one) => (one.code === "invalid_type" ? [describeType(one.expected)] : []));
  const values = all.flatMap((one) => (one.code === "invalid_value" ? one.values.map(String) : []));
  if (values.length > 0 && (typeof input !== "object" || input === null)) {
    const nearest = typeof input === "string" ? nearestName(input, values) : undefined;
    const choices = [...new Set([...values, ...types])];
    const off = values.includes("false") && typeof input === "string" && /^(n|no|off|false)$/i.test(input);
    return {
      code: "INVALID_VALUE",
      path,
      reason: `${show(input)} is not ${choices.length > 2 ? "one of " : ""}${choices.join(choices.length > 2 ? ", " : " or ")}${didYouMean(nearest)}`,
      remedy: off ? "write false without quotes" : nearest === undefined ? undefined : `write ${nearest}`,
    };
  }
  return wrongType(path, [...new Set([...values, ...types])].join(" or "), input);
}

function tooManyForms(path: Path, branches: readonly Issue[][], given: readonly string[]): Problem {
  const refused = new Set(
    branches.flat().flatMap((one) => (one.code === "unrecognized_keys" ? one.keys : [])),
  );
  const forms = given.filter((key) => refused.has(key));
  return {
    code: "EXCLUSIVE_FIELDS",
    path: [...path, forms.at(-1) ?? ""],
    reason: `only one of ${forms.join(", ")} can be set`,
    remedy: `keep one of ${forms.join(", ")}`,
    atKey: true,
  };
}

function missing(path: Path): Problem {
  const name = path.at(-1);
  return { code: "MISSING_FIELD", path, reason: `${name} is required`, remedy: `add ${name}` };
}

function unknownField(path: Path, fields: ReadonlySet<string>): Problem {
  const name = String(path.at(-1));
  const nearest = nearestName(name, fields);
  const known = [...fields].join(", ");
  return {
    code: "UNKNOWN_FIELD",
    path,
    reason: `there is no field ${show(name)} here${didYouMean(nearest)}`,
    remedy:
      nearest !== undefined
        ? `write ${nearest}`
        : known === ""
          ? undefined
          : `use one of ${known}, or remove it`,
    atKey: true,
  };
}

function wrongType(path: Path, expected: string, input: unknown): Problem {
  return {
    code: "WRONG_TYPE",
    path,
    reason: `${show(input)} is ${typeName(input)}, not ${expected}`,
    remedy: typeRemedy(expected, input),
  };
}

/** YAML 1.2 reads `yes` and `on` as text, and quoted numbers are text too: the two usual reasons for a wrong type. */
function typeRemedy(expected: string, input: unknown): string | undefined {
  if (
    expected.includes("true or false") &&
    typeof input === "string" &&
    /^(y|yes|on|n|no|off|true|false)$/i.test(input)
  )
    return `write ${/^(y|yes|on|true)$/i.test(input)} without quotes`;
  if (expected.includes("number") && typeof input === "string" && /^-?\d+(\.\d+)?$/.test(input))
    return `write ${input} without quotes`;
  if (expected.includes("text") && (typeof input === "number" || typeof input === "boolean"))
    return `put it in quotes: "${input}"`;
  if (expected.includes("list") && input !== null) return "write a list: put a - before each entry";
  return undefined;
}

function notAChoice(path: Path, values: readonly string[], input: unknown): Problem {
  const nearest = typeof input === "string" ? nearestName(input, values) : undefined;
  return {
    code: "INVALID_VALUE",
    path,
    reason: `${show(input)} is not ${values.length === 1 ? "" : "one of "}${values.join(", ")}${didYouMean(nearest)}`,
    remedy: `write ${nearest ?? values.join(" or ")}`,
  };
}

function limitReason(issue: Extract<Issue, { code: "too_small" | "too_big" }>, input: unknown): string {
  const [word, limit] =
    issue.code === "too_small"
      ? (["at least", issue.minimum] as const)
      : (["at most", issue.maximum] as const);
  const unit = issue.origin === "string" ? " characters" : Array.isArray(input) ? " entries" : "";
  return `${unit === "" ? show(input) : `it has ${sizeOf(input)}${unit}; it`} must be ${word} ${limit}`.replace(
    "; it must be",
    ", but must have",
  );
}

function sizeOf(input: unknown): number {
  return typeof input === "string" || Array.isArray(input) ? input.length : 0;
}

/** zod's own messages, as the end of a sentence about the value. */
function phrase(message: string): string {
  if (message.startsWith("Invalid")) return `is not valid: ${message}`;
  return message;
}

function describeType(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: "text",
    int: "a whole number",
    number: "a number",
    boolean: "true or false",
    array: "a list",
    object: "a map",
    record: "a map",
  };
  return names[expected] ?? expected;
}

function typeName(input: unknown): string {
  if (input === null) return "empty";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "number") return Number.isInteger(input) ? "a whole number" : "a fraction";
  return describeType(typeof input);
}

/** A value, short enough for a sentence. */
export function show(input: unknown): string {
  if (typeof input === "object" && input !== null) return "it";
  const text = JSON.stringify(input) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 76)}…"` : text;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, key)
        ? (at as Readonly<Record<PathSegment, unknown>>)[key]
        : undefined,
    value,
  );
}
