import type { PathSegment } from "../finding.ts";
import type { FindingCode } from "../finding-catalogue.ts";
import type { ReadLimits } from "./limits.ts";

/** A problem of a value, before it is known what resource it belongs to. */
export interface Problem {
  readonly code: FindingCode;
  readonly path: readonly PathSegment[];
  readonly reason: string;
  readonly remedy?: string | undefined;
  /** The key at `path` is meant, not its value. */
  readonly atKey?: boolean;
  /** Where it is in the text, when that is known better than by the path. */
  readonly offset?: number;
}

/** Assigning to this key of an ordinary object would change its prototype. */
export const UNSAFE_KEY = "__proto__";

/**
 * Copies a value that came from outside as plain JSON: own enumerable fields, bounded in depth and number, without functions, cycles, or keys
 * that are dangerous to copy. What cannot be copied is left out and reported.
 */
export function copyJson(value: unknown, limits: ReadLimits, report: (problem: Problem) => void): unknown {
  let left = limits.values;
  const copy = (one: unknown, path: readonly PathSegment[]): unknown => {
    if (left-- <= 0) {
      if (left === -1)
        report({ code: "INPUT_TOO_LARGE", path, reason: `there are more than ${limits.values} values` });
      return null;
    }
    if (one === null || typeof one === "string" || typeof one === "boolean") return one;
    if (typeof one === "number") {
      if (!isKeepable(one))
        report({ code: "NUMBER_OUT_OF_RANGE", path, reason: `${one} cannot be kept exactly` });
      return one;
    }
    if (typeof one !== "object") {
      report({ code: "WRONG_TYPE", path, reason: `a ${typeof one} is not a JSON value` });
      return null;
    }
    if (path.length >= limits.depth) {
      report({ code: "TOO_DEEP", path, reason: `there are more than ${limits.depth} levels` });
      return null;
    }
    if (Array.isArray(one)) return Array.from(one, (entry, index) => copy(entry, [...path, index]));
    const fields: Record<string, unknown> = {};
    for (const [key, entry] of Object.entries(one)) {
      if (key === UNSAFE_KEY)
        report({ code: "UNSAFE_KEY", path: [...path, key], reason: `${key} is not a field` });
      else if (entry !== undefined) fields[key] = copy(entry, [...path, key]);
    }
    return fields;
  };
  return copy(value, []);
}

/** False for NaN, infinities and integers that JavaScript rounds. */
export function isKeepable(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}
