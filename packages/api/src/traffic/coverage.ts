import type { PathMatch, StringMatch } from "../string-match.ts";
import type { RouteMatch } from "./match.ts";

interface Named {
  readonly name: string;
  readonly value: StringMatch;
}

/**
 * True when every request that `inner` matches is matched by `outer` too. Errs towards false: expressions are only compared as text.
 */
export function covers(outer: RouteMatch, inner: RouteMatch): boolean {
  return (
    coversPath(outer.path, inner.path) &&
    coversNamed(outer.headers, inner.headers, (name) => name.toLowerCase()) &&
    coversNamed(outer.query, inner.query, (name) => name) &&
    (outer.methods === undefined ||
      (inner.methods?.every((method) => outer.methods?.includes(method)) ?? false)) &&
    (outer.port === undefined || outer.port === inner.port)
  );
}

/** The same for the alternatives of two rules; a rule without `match` takes every request. */
export function coversAll(
  outer: readonly RouteMatch[] | undefined,
  inner: readonly RouteMatch[] | undefined,
): boolean {
  if (outer === undefined) return true;
  const alternatives: readonly RouteMatch[] = inner ?? [{}];
  return alternatives.every((narrow) => outer.some((wide) => covers(wide, narrow)));
}

function coversPath(outer: PathMatch | undefined, inner: PathMatch | undefined): boolean {
  if (outer === undefined) return true;
  if (inner === undefined) return "prefix" in outer && outer.prefix === "/";
  if (inner.ignoreCase === true && outer.ignoreCase !== true) return false;
  const fold = (text: string) => (outer.ignoreCase === true ? text.toLowerCase() : text);
  if ("regex" in outer || "regex" in inner)
    return "regex" in outer && "regex" in inner && outer.regex === inner.regex;
  if ("exact" in outer) return "exact" in inner && fold(outer.exact) === fold(inner.exact);
  const text = fold("exact" in inner ? inner.exact : inner.prefix);
  const prefix = fold(outer.prefix).replace(/\/$/, "");
  return text === prefix || text.startsWith(`${prefix}/`);
}

function coversNamed(
  outer: readonly Named[] | undefined,
  inner: readonly Named[] | undefined,
  fold: (name: string) => string,
): boolean {
  return (outer ?? []).every((wide) =>
    (inner ?? []).some(
      (narrow) => fold(narrow.name) === fold(wide.name) && coversString(wide.value, narrow.value),
    ),
  );
}

function coversString(outer: StringMatch, inner: StringMatch): boolean {
  if ("present" in outer) {
    if ("present" in inner) return inner.present === outer.present;
    return outer.present && !("regex" in inner);
  }
  if ("exact" in outer) return "exact" in inner && inner.exact === outer.exact;
  if ("regex" in outer) return "regex" in inner && inner.regex === outer.regex;
  if ("exact" in inner) return inner.exact.startsWith(outer.prefix);
  return "prefix" in inner && inner.prefix.startsWith(outer.prefix);
}
