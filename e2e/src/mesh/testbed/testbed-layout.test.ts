import { describe, expect, it } from "vitest";
import { layoutFrom } from "./testbed-layout.ts";

describe("flags of the testbed", () => {
  it.each([
    ["", { clusters: 1, networks: 1 }],
    ["--clusters 1 --networks 1", { clusters: 1, networks: 1 }],
    ["--clusters 2", { clusters: 2, networks: 1 }],
    ["--networks=2 --clusters=2", { clusters: 2, networks: 2 }],
  ])("%j are understood", (flags, layout) => {
    expect(layoutFrom(words(flags))).toEqual(layout);
  });

  it.each([
    ["--clusters 3", "--clusters must be 1 or 2"],
    ["--clusters", "--clusters must be 1 or 2"],
    ["--clusters 2 --networks two", "--networks must be 1 or 2"],
    ["--networks 2", "--networks 2 needs --clusters 2: one cluster is in one network"],
    ["--meshes 2", "there are --clusters and --networks, but no --meshes"],
    ["2", "there are --clusters and --networks, but no 2"],
  ])("%j are refused with a sentence", (flags, sentence) => {
    expect(layoutFrom(words(flags))).toBe(sentence);
  });
});

function words(flags: string): string[] {
  return flags === "" ? [] : flags.split(" ");
}
