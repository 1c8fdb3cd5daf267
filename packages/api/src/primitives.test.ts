import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  address,
  cron,
  duration,
  durationMs,
  formatDuration,
  ipBlock,
  semver,
  semverRange,
} from "./primitives.ts";

function accepts(
  schema: { safeParse: (text: string) => { success: boolean } },
  texts: readonly string[],
): readonly string[] {
  return texts.filter((text) => schema.safeParse(text).success);
}

describe("forms of text", () => {
  it.each([
    [
      "duration",
      duration,
      ["0", "0s", "250ms", "1m30s", "99999h"],
      ["", "1.5s", "-1s", "100000s", "1d", "1s1s1s1s1s"],
    ],
    [
      "cron",
      cron,
      ["* * * * *", "0 2 * * 1-5", "*/15 0-6/2 1,15 * 7"],
      ["* * * *", "60 * * * *", "* * 0 * *", "5-1 * * * *", "*/0 * * * *", "@daily", "* * * JAN *"],
    ],
    ["semver", semver, ["1.30.3", "0.0.0", "1.2.3-rc.1+x"], ["v1.2.3", "1.2", "01.2.3", "1.2.3-"]],
    [
      "semverRange",
      semverRange,
      ["1.2.3", ">=1.2.0 <2.0.0", "~1.4", "^2", "1.x || 3.x", "1.0.0 - 2.0.0", "*"],
      ["", "latest", ">=", "1.2.3.4", "|| 1", "a.b.c"],
    ],
    [
      "ipBlock",
      ipBlock,
      ["10.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"],
      ["10.0.0.256", "10.0.0.0/33", "a", ""],
    ],
    [
      "address",
      address,
      ["10.0.0.1", "::1", "db.example.com", "localhost"],
      ["*.example.com", "a_b", "-a", ""],
    ],
  ] as const)("%s", (_name, schema, good, bad) => {
    expect(accepts(schema, good)).toEqual(good);
    expect(accepts(schema, bad)).toEqual([]);
  });

  it("refuses long ranges in time", () => {
    const started = performance.now();
    expect(accepts(semverRange, ["1 ".repeat(128), `${" ".repeat(255)}!`, `1${" ".repeat(254)}!`])).toEqual(
      [],
    );
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("durations", () => {
  it("are written so that they are read as the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999 }), (ms) => {
        expect(durationMs(formatDuration(ms))).toBe(ms);
      }),
    );
  });
  it("add up", () => {
    expect(durationMs("1h2m3s4ms")).toBe(3_723_004);
    expect(durationMs("soon")).toBeNaN();
  });
});
