import { expect, it } from "vitest";
import { finding, findingCatalogue, findingStages } from "./finding-catalogue.ts";

it("has each code in one stage", () => {
  const codes = findingStages.flatMap(({ codes: stage }) => Object.keys(stage));
  expect(codes.toSorted()).toEqual(Object.keys(findingCatalogue).toSorted());
});

it.each(Object.entries(findingCatalogue))("%s is written as the others are", (code, entry) => {
  expect(code).toMatch(/^[A-Z][A-Z_]+$/);
  expect(entry.title).toMatch(/^[A-Z].*[^.]$/);
  expect(entry.explanation).toMatch(/^[A-Z`].*\.$/s);
  expect(entry.remedy).toMatch(/^[a-z].*[^.]$/);
});

it("fills in what a finding leaves unsaid", () => {
  expect(finding("DENY_ALL", { path: ["spec", "from", 0], reason: "so" })).toEqual({
    code: "DENY_ALL",
    severity: "warning",
    path: "spec.from[0]",
    reason: "so",
    remedy: findingCatalogue.DENY_ALL.remedy,
  });
});
