import type { HeaderChanges, PathMatch, RouteMatch, StringMatch } from "@heddle/api";
import type { JsonObject } from "@heddle/core";

/** HTTPRouteMatches of one abstract match: one for each method, as a route names a single one. */
export function matchesOf(match: RouteMatch): JsonObject[] {
  const base: JsonObject = {
    ...(match.path && { path: pathOf(match.path) }),
    ...(match.headers && {
      headers: match.headers.map(({ name, value }) => ({ name, ...valueMatch(value) })),
    }),
    ...(match.query && {
      queryParams: match.query.map(({ name, value }) => ({ name, ...valueMatch(value) })),
    }),
  };
  return match.methods === undefined ? [base] : match.methods.map((method) => ({ ...base, method }));
}

function pathOf(path: PathMatch): JsonObject {
  if ("regex" in path)
    return { type: "RegularExpression", value: path.ignoreCase ? `(?i)${path.regex}` : path.regex };
  if (!path.ignoreCase)
    return "exact" in path
      ? { type: "Exact", value: path.exact }
      : { type: "PathPrefix", value: path.prefix };
  const text =
    "exact" in path ? escapeRegex(path.exact) : `${escapeRegex(path.prefix.replace(/\/+$/, ""))}(/.*)?`;
  return { type: "RegularExpression", value: `(?i)${text}` };
}

function valueMatch(value: StringMatch): JsonObject {
  if ("exact" in value) return { type: "Exact", value: value.exact };
  if ("regex" in value) return { type: "RegularExpression", value: value.regex };
  return { type: "RegularExpression", value: "prefix" in value ? `${escapeRegex(value.prefix)}.*` : ".*" };
}

export function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Filters that change headers; Linkerd honours them on rules and on backends. */
export function headerFilters(changes: HeaderChanges | undefined): JsonObject[] {
  const modifier = (change: NonNullable<HeaderChanges["request"]>): JsonObject => ({
    ...(change.set && { set: pairs(change.set) }),
    ...(change.add && { add: pairs(change.add) }),
    ...(change.remove && { remove: change.remove }),
  });
  return [
    ...(changes?.request
      ? [{ type: "RequestHeaderModifier", requestHeaderModifier: modifier(changes.request) }]
      : []),
    ...(changes?.response
      ? [{ type: "ResponseHeaderModifier", responseHeaderModifier: modifier(changes.response) }]
      : []),
  ];
}

function pairs(headers: Readonly<Record<string, string>>): JsonObject[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}

/**
 * Gateway API's precedence of matches, greater first: exact path, longest prefix, method, number of headers, number of query parameters.
 * (gateway-api.sigs.k8s.io, HTTPRouteRule.matches)
 */
export function specificity(match: RouteMatch): readonly number[] {
  const { path } = match;
  const exact = path !== undefined && "exact" in path ? 1 : 0;
  const length =
    path === undefined
      ? 1
      : ("exact" in path ? path.exact : "prefix" in path ? path.prefix : path.regex).length;
  return [
    exact,
    length,
    match.methods === undefined ? 0 : 1,
    match.headers?.length ?? 0,
    match.query?.length ?? 0,
  ];
}

export function moreSpecific(a: RouteMatch, b: RouteMatch): boolean {
  const [x, y] = [specificity(a), specificity(b)];
  for (let index = 0; index < x.length; index++) {
    const difference = (x[index] ?? 0) - (y[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
