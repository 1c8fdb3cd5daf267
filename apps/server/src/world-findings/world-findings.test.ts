import { expect, it } from "vitest";
import { findingsOf } from "./cases/case.ts";
import { referenceCases } from "./cases/references.ts";
import { deletionCases, foreignCases, selectionCases } from "./cases/selections.ts";
import { translationCases, translationFindings } from "./cases/translation.ts";

it.each([...referenceCases, ...selectionCases, ...foreignCases, ...deletionCases])("tells: $title", (one) => {
  expect(
    findingsOf(one)
      .map(({ text }) => text)
      .sort(),
  ).toEqual([...one.told].sort());
});

it.each(translationCases)("translation tells: $title", (one) => {
  expect(translationFindings(one).map(({ text }) => text)).toEqual(one.told);
});
