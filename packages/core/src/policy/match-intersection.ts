import type { PathMatch, RouteMatch } from "@heddle/api";

/**
 * The requests that two matches both take, as one match; `undefined` when no request does. Two regular expressions, or one beside a
 * prefix, cannot be made one path: `"unsayable"`.
 */
export function intersectMatches(a: RouteMatch, b: RouteMatch): RouteMatch | undefined | "unsayable" {
  const path = a.path && b.path ? intersectPaths(a.path, b.path) : (a.path ?? b.path ?? "any");
  if (path === undefined || path === "unsayable") return path;
  if (a.port !== undefined && b.port !== undefined && a.port !== b.port) return undefined;
  const methods = a.methods && b.methods ? a.methods.filter((m) => b.methods?.includes(m)) : undefined;
  if (methods?.length === 0) return undefined;
  const [port, both] = [a.port ?? b.port, methods ?? a.methods ?? b.methods];
  return {
    ...(path !== "any" && { path }),
    ...((a.headers ?? b.headers) && { headers: [...(a.headers ?? []), ...(b.headers ?? [])] }),
    ...((a.query ?? b.query) && { query: [...(a.query ?? []), ...(b.query ?? [])] }),
    ...(both && { methods: both }),
    ...(port !== undefined && { port }),
  };
}

function intersectPaths(a: PathMatch, b: PathMatch): PathMatch | undefined | "unsayable" {
  if (takesAll(a)) return b;
  if (takesAll(b)) return a;
  if ("regex" in a || "regex" in b) {
    const [regex, other] = "regex" in a ? [a, b] : [b, a];
    if (!("exact" in other) || !("regex" in regex)) return sameText(a, b) ? a : "unsayable";
    return takes(regex, other.exact) ? other : undefined;
  }
  const [wide, narrow] = within(b, a) ? [a, b] : [b, a];
  if (!within(narrow, wide)) return undefined;
  // Where only one of the two minds the case, what it says of the path is kept as it wrote it.
  if (wide.ignoreCase || !narrow.ignoreCase) return narrow;
  const text = textOf(wide) + textOf(narrow).slice(textOf(wide).length);
  return "exact" in narrow ? { exact: text } : { prefix: text };
}

function takesAll(path: PathMatch): boolean {
  return "prefix" in path && path.prefix === "/";
}

function sameText(a: PathMatch, b: PathMatch): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** RE2 and JavaScript agree on what people write for paths; what JavaScript cannot read is not taken. */
function takes({ regex, ignoreCase }: Extract<PathMatch, { regex: string }>, text: string): boolean {
  try {
    return new RegExp(`^(?:${regex})$`, ignoreCase ? "iu" : "u").test(text);
  } catch {
    return false;
  }
}

type TextPath = Exclude<PathMatch, { regex: string }>;

function textOf(path: TextPath): string {
  return "exact" in path ? path.exact : path.prefix.replace(/\/+$/, "");
}

/** Whether every path that `narrow` takes is one that `wide` takes, if case is let aside where either does so. */
function within(narrow: TextPath, wide: TextPath): boolean {
  const fold = (text: string) => (narrow.ignoreCase || wide.ignoreCase ? text.toLowerCase() : text);
  const [inner, outer] = [fold(textOf(narrow)), fold(textOf(wide))];
  if ("exact" in wide) return "exact" in narrow && inner === outer;
  return inner === outer || inner.startsWith(`${outer}/`);
}
