/** Where something a user wrote was read from: one document of one file. Line and column count from 1. */
export interface Origin {
  readonly file: string;
  /** Index of the YAML document in its file, from 0. */
  readonly document: number;
  readonly line?: number;
  readonly column?: number;
}

export type Severity = "error" | "warning" | "info";

/**
 * A user's mistake, as a value: what is wrong, where, and what to do about it. Findings are never thrown.
 * `code` is stable and listed in the catalogue (`finding-catalogue.ts`); `path` points into the resource, e.g. `spec.rules[0].split[1].weight`.
 */
export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly path: string;
  readonly reason: string;
  readonly remedy: string;
  readonly origin?: Origin;
  /** The resource it speaks of, as `Kind/workspace/name`, when one was recognised. */
  readonly resource?: string;
}

export type PathSegment = string | number;

/** Writes a path the way people read it: `["spec","rules",0,"match"]` → `spec.rules[0].match`. */
export function formatPath(path: readonly PathSegment[]): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") text += `[${segment}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(segment)) text += text === "" ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
  }
  return text;
}
