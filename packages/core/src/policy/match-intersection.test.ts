import type { PathMatch, RouteMatch } from "@heddle/api";
import { describe, expect, it } from "vitest";
import { intersectMatches } from "./match-intersection.ts";

const paths: readonly [a: PathMatch, b: PathMatch, both: PathMatch | undefined | "unsayable"][] = [
  [{ prefix: "/" }, { exact: "/a" }, { exact: "/a" }],
  [{ prefix: "/" }, { regex: "/a.*" }, { regex: "/a.*" }],
  [{ prefix: "/a" }, { prefix: "/a/b" }, { prefix: "/a/b" }],
  [{ prefix: "/a/" }, { prefix: "/a" }, { prefix: "/a" }],
  [{ prefix: "/a" }, { prefix: "/ab" }, undefined],
  [{ prefix: "/a" }, { exact: "/a" }, { exact: "/a" }],
  [{ prefix: "/a" }, { exact: "/ab" }, undefined],
  [{ exact: "/a" }, { exact: "/b" }, undefined],
  [{ exact: "/a" }, { prefix: "/a" }, { exact: "/a" }],
  [{ prefix: "/A", ignoreCase: true }, { exact: "/a/b" }, { exact: "/a/b" }],
  [{ prefix: "/A" }, { prefix: "/a/B", ignoreCase: true }, { prefix: "/A/B" }],
  [
    { prefix: "/a", ignoreCase: true },
    { prefix: "/A/b", ignoreCase: true },
    { prefix: "/A/b", ignoreCase: true },
  ],
  [{ regex: "/v[0-9]+/x" }, { exact: "/v1/x" }, { exact: "/v1/x" }],
  [{ regex: "/v[0-9]+" }, { exact: "/v1/x" }, undefined],
  [{ regex: "(?P<n>/a)" }, { exact: "/a" }, undefined],
  [{ regex: "/a.*" }, { prefix: "/a" }, "unsayable"],
  [{ regex: "/a.*" }, { regex: "/b.*" }, "unsayable"],
  [{ regex: "/a.*" }, { regex: "/a.*" }, { regex: "/a.*" }],
];

const whole: readonly [a: RouteMatch, b: RouteMatch, both: RouteMatch | undefined][] = [
  [{}, {}, {}],
  [{ methods: ["GET", "PUT"] }, { methods: ["PUT", "POST"] }, { methods: ["PUT"] }],
  [{ methods: ["GET"] }, { methods: ["POST"] }, undefined],
  [{ port: 80 }, { port: 81 }, undefined],
  [{ port: 80 }, {}, { port: 80 }],
  [
    { headers: [{ name: "a", value: { exact: "1" } }] },
    { headers: [{ name: "b", value: { present: true } }], query: [{ name: "q", value: { exact: "1" } }] },
    {
      headers: [
        { name: "a", value: { exact: "1" } },
        { name: "b", value: { present: true } },
      ],
      query: [{ name: "q", value: { exact: "1" } }],
    },
  ],
];

describe("intersectMatches", () => {
  it.each(paths)("paths %j and %j", (a, b, both) => {
    const wanted = both === undefined || both === "unsayable" ? both : { path: both };
    expect(intersectMatches({ path: a }, { path: b })).toEqual(wanted);
    const turned = intersectMatches({ path: b }, { path: a });
    if (typeof wanted === "object" && JSON.stringify(a) !== JSON.stringify(b))
      expect(turned).toBeTypeOf("object");
    else expect(turned).toEqual(wanted);
  });

  it.each(whole)("%j and %j", (a, b, both) => expect(intersectMatches(a, b)).toEqual(both));
});
