import { describe, expect, it } from "vitest";
import { duplicateKeys } from "./duplicate-keys.ts";

describe("duplicateKeys", () => {
  it.each([
    ['{"a":1,"b":{"a":1}}', []],
    ['{"a":1,"a":2}', ["a"]],
    ['{"a":{"b":[{"c":1},{"c":1,"d":"c","c" : 2}]}}', ["a.b[1].c"]],
    ['{"a":"\\"a\\":","b":["a","a","a:"]}', []],
    ['{"a\\"b":1,"a\\"b":2}', ['a"b']],
    ['{"a":[[{"x":1}],{"x":[],"x":1}]}', ["a[1].x"]],
  ])("finds the keys that occur twice in %s", (text, found) => {
    expect(duplicateKeys(text)).toEqual(found);
  });
});
