import { describe, expect, it } from "vitest";
import { inVersionRange } from "./version-range.ts";

const cases: readonly [range: string, inside: readonly string[], outside: readonly string[]][] = [
  ["*", ["0.0.1", "1.30.3", "edge-25.4.1"], []],
  ["1.2.3", ["1.2.3", "1.2.3-vendor.1"], ["1.2.4", "1.2.2"]],
  ["1.30", ["1.30.0", "1.30.9"], ["1.29.9", "1.31.0"]],
  ["1.x", ["1.0.0", "1.99.0"], ["0.9.0", "2.0.0", "edge-25.4.1"]],
  [">=1.24.0 <1.30", ["1.24.0", "1.29.5"], ["1.23.9", "1.30.0"]],
  [">= 1.24, < 1.30", ["1.29.5"], ["1.30.0"]],
  [">1.24", ["1.25.0"], ["1.24.7"]],
  [">1.24.0", ["1.24.1"], ["1.24.0"]],
  ["<=2.18", ["2.18.7"], ["2.19.0"]],
  ["~1.30.2", ["1.30.2", "1.30.9"], ["1.30.1", "1.31.0"]],
  ["~1", ["1.0.0", "1.9.0"], ["2.0.0"]],
  ["^1.24", ["1.24.0", "1.99.0"], ["1.23.0", "2.0.0"]],
  ["^0.2.3", ["0.2.9"], ["0.3.0", "0.2.2"]],
  ["^0.0.3", ["0.0.3"], ["0.0.4"]],
  ["1.20.0 - 1.24", ["1.20.0", "1.24.9"], ["1.19.9", "1.25.0"]],
  ["1.x || >=3", ["1.4.0", "3.0.0", "4.1.0"], ["2.0.0"]],
  ["v1.2.3-rc.1", ["1.2.3"], ["1.2.4"]],
  ["<*", [], ["0.0.0", "1.0.0"]],
];

describe("inVersionRange", () => {
  it.each(cases)("%s", (range, inside, outside) => {
    for (const version of inside) expect([version, inVersionRange(version, range)]).toEqual([version, true]);
    for (const version of outside)
      expect([version, inVersionRange(version, range)]).toEqual([version, false]);
  });
});
