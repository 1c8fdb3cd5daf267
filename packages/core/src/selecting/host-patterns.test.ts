import { expect, it } from "vitest";
import { coversHost, sharedHosts } from "./host-patterns.ts";

it("covers what is below a wildcard, not the name itself", () => {
  expect(coversHost("*.example", "a.example")).toBe(true);
  expect(coversHost("*.example", "a.b.example")).toBe(true);
  expect(coversHost("*.example", "*.b.example")).toBe(true);
  expect(coversHost("*.example", "example")).toBe(false);
  expect(coversHost("*.example", "an-example")).toBe(false);
  expect(coversHost("a.example", "*.example")).toBe(false);
  expect(coversHost("*", "*.example")).toBe(true);
});

it("keeps the narrower of two patterns that share hosts", () => {
  expect(sharedHosts(["a.example", "b.example"], ["b.example", "c.example"])).toEqual(["b.example"]);
  expect(sharedHosts(["*.example"], ["a.example", "other"])).toEqual(["a.example"]);
  expect(sharedHosts(["a.example", "*.b.example"], ["*.example"])).toEqual(["a.example", "*.b.example"]);
  expect(sharedHosts(["*"], ["*"])).toEqual(["*"]);
  expect(sharedHosts(["a.example"], ["*.a.example"])).toEqual([]);
});
