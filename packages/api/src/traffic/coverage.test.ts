import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StringMatch } from "../string-match.ts";
import { covers, coversAll } from "./coverage.ts";
import type { RouteMatch } from "./match.ts";

const pairs: [title: string, outer: RouteMatch, inner: RouteMatch, expected: boolean][] = [
  ["a prefix covers what is below", { path: { prefix: "/a" } }, { path: { exact: "/a/b" } }, true],
  ["a prefix is by segment", { path: { prefix: "/a" } }, { path: { exact: "/ab" } }, false],
  ["the root covers everything", { path: { prefix: "/" } }, { methods: ["GET"] }, true],
  ["more headers cover less", { headers: [{ name: "a", value: { exact: "b" } }] }, {}, false],
  ["fewer headers cover more", {}, { headers: [{ name: "a", value: { exact: "b" } }] }, true],
  [
    "header names have no case",
    { headers: [{ name: "A", value: { prefix: "b" } }] },
    { headers: [{ name: "a", value: { exact: "bc" } }] },
    true,
  ],
  [
    "presence covers a value",
    { query: [{ name: "a", value: { present: true } }] },
    { query: [{ name: "a", value: { exact: "b" } }] },
    true,
  ],
  [
    "without case covers with case",
    { path: { exact: "/A", ignoreCase: true } },
    { path: { exact: "/a" } },
    true,
  ],
  [
    "with case does not cover without",
    { path: { exact: "/a" } },
    { path: { exact: "/a", ignoreCase: true } },
    false,
  ],
  ["fewer methods cover less", { methods: ["GET"] }, { methods: ["GET", "PUT"] }, false],
  ["a port covers itself", { port: 80 }, { port: 80, methods: ["GET"] }, true],
];
it.each(pairs)("%s", (_title, outer, inner, expected) => {
  expect(covers(outer, inner)).toBe(expected);
});

it("compares alternatives", () => {
  const get: RouteMatch = { methods: ["GET"] };
  const put: RouteMatch = { methods: ["PUT"] };
  expect(coversAll([get, put], [put, get])).toBe(true);
  expect(coversAll([get], [get, put])).toBe(false);
  expect(coversAll(undefined, [get])).toBe(true);
  expect(coversAll([get], undefined)).toBe(false);
});

describe("never says that a request is covered that is not", () => {
  interface Request {
    readonly path: string;
    readonly method: "GET" | "PUT";
    readonly header: string | undefined;
  }
  const path = fc.constantFrom("/", "/a", "/A", "/ab", "/a/b", "/b");
  const value = fc.constantFrom("", "x", "xy", "y");
  const stringMatch: fc.Arbitrary<StringMatch> = fc.oneof(
    value.map((exact) => ({ exact })),
    fc.constantFrom("x", "xy", "y").map((prefix) => ({ prefix })),
    fc.boolean().map((present) => ({ present })),
  );
  const match: fc.Arbitrary<RouteMatch> = fc
    .record({
      path: fc.option(
        fc.record({ form: fc.constantFrom("exact", "prefix"), path, ignoreCase: fc.boolean() }),
        { nil: undefined },
      ),
      methods: fc.option(fc.uniqueArray(fc.constantFrom("GET" as const, "PUT" as const), { minLength: 1 }), {
        nil: undefined,
      }),
      header: fc.option(stringMatch, { nil: undefined }),
    })
    .map(({ path: wanted, methods, header }) => ({
      ...(wanted !== undefined && {
        path:
          wanted.form === "exact"
            ? { exact: wanted.path, ignoreCase: wanted.ignoreCase }
            : { prefix: wanted.path, ignoreCase: wanted.ignoreCase },
      }),
      ...(methods !== undefined && { methods }),
      ...(header !== undefined && { headers: [{ name: "h", value: header }] }),
    }));
  const request: fc.Arbitrary<Request> = fc.record({
    path,
    method: fc.constantFrom("GET", "PUT"),
    header: fc.option(value, { nil: undefined }),
  });

  function matches({ path: wanted, methods, headers }: RouteMatch, asked: Request): boolean {
    if (methods !== undefined && !methods.includes(asked.method)) return false;
    if (headers !== undefined && !headers.every(({ value: one }) => matchesHeader(one, asked.header)))
      return false;
    if (wanted === undefined || "regex" in wanted) return true;
    const fold = (text: string) => (wanted.ignoreCase === true ? text.toLowerCase() : text);
    const asks = fold(asked.path);
    if ("exact" in wanted) return asks === fold(wanted.exact);
    const prefix = fold(wanted.prefix).replace(/\/$/, "");
    return asks === prefix || asks.startsWith(`${prefix}/`);
  }

  function matchesHeader(one: StringMatch, header: string | undefined): boolean {
    if ("present" in one) return (header !== undefined) === one.present;
    if (header === undefined || "regex" in one) return false;
    return "exact" in one ? header === one.exact : header.startsWith(one.prefix);
  }

  it("for all matches and requests", () => {
    fc.assert(
      fc.property(match, match, request, (outer, inner, asked) => {
        if (covers(outer, inner) && matches(inner, asked)) expect(matches(outer, asked)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});
