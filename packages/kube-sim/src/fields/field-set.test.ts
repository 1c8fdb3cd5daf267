import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equal } from "../json/json.ts";
import {
  difference,
  emptySet,
  type FieldSet,
  formatFields,
  formatPath,
  intersection,
  parseFields,
  paths,
  single,
  union,
} from "./field-set.ts";

const element = fc.constantFrom("f:a", "f:b", 'k:{"name":"x"}', 'v:"y"', "i:0");
const set: fc.Arbitrary<FieldSet> = fc
  .array(fc.array(element, { minLength: 1, maxLength: 3 }), { maxLength: 6 })
  .map((list) => list.reduce<FieldSet>((all, path) => union(all, single(...path)), emptySet));
const members = (of: FieldSet): Set<string> => new Set([...paths(of)].map((path) => JSON.stringify(path)));

describe("field sets", () => {
  it("are sets of paths", () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        const [left, right] = [members(a), members(b)];
        expect(members(union(a, b))).toEqual(new Set([...left, ...right]));
        expect(members(intersection(a, b))).toEqual(new Set([...left].filter((path) => right.has(path))));
        expect(members(difference(a, b))).toEqual(new Set([...left].filter((path) => !right.has(path))));
      }),
    );
  });

  it("survive fieldsV1", () => {
    fc.assert(fc.property(set, (a) => equal(formatFields(parseFields(formatFields(a))), formatFields(a))));
  });

  it("write a dot for a member with members below", () => {
    const both = union(single("f:spec"), single("f:spec", "f:a"));
    expect(formatFields(both)).toEqual({ "f:spec": { ".": {}, "f:a": {} } });
  });

  it("print paths as messages show them", () => {
    expect(formatPath(["f:spec", "f:ports", 'k:{"port":80,"protocol":"TCP"}', "f:name"])).toBe(
      '.spec.ports[port=80,protocol="TCP"].name',
    );
    expect(formatPath(["f:metadata", "f:finalizers", 'v:"a/b"'])).toBe('.metadata.finalizers[="a/b"]');
  });
});
