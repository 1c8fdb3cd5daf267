import fc from "fast-check";
import { expect, it } from "vitest";
import { editDistance, nearestName } from "./nearest-name.ts";

it.each([
  ["", "", 0],
  ["abc", "abc", 0],
  ["abc", "acb", 1],
  ["ca", "abc", 3],
  ["kitten", "sitting", 3],
  ["", "ab", 2],
] as const)("the distance of %j and %j is %d", (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance);
});

it("is a distance", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (from, to) => {
      expect(editDistance(from, to)).toBe(editDistance(to, from));
      expect(editDistance(from, to)).toBeLessThanOrEqual(Math.max(from.length, to.length));
      expect(editDistance(from, to) === 0).toBe(from === to);
    }),
  );
});

it.each([
  ["TrafficPolcy", "TrafficPolicy"],
  ["trafficpolicy", "TrafficPolicy"],
  ["AcessPolicy", "AccessPolicy"],
  ["Deployment", undefined],
  ["", undefined],
  ["x".repeat(1_000_000), undefined],
])("%.20s means %s", (name, meant) => {
  expect(nearestName(name, ["TrafficPolicy", "AccessPolicy", "Cluster"])).toBe(meant);
});
