import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { findingsOf } from "../../apps/server/src/world-findings/cases/case.ts";
import { referenceCases } from "../../apps/server/src/world-findings/cases/references.ts";
import {
  deletionCases,
  foreignCases,
  selectionCases,
} from "../../apps/server/src/world-findings/cases/selections.ts";
import {
  translationCases,
  translationFindings,
} from "../../apps/server/src/world-findings/cases/translation.ts";
import { findingCatalogue } from "../../packages/api/src/finding-catalogue.ts";
import { specCases } from "../../packages/api/src/kinds/cases/all.ts";
import { doubtfulDocuments, refusedDocuments } from "../../packages/api/src/manifest/document-cases.ts";
import { parseManifests } from "../../packages/api/src/manifest.ts";

const root = join(import.meta.dirname, "../..");

/** Codes that come out when every case table is run; that they are the right ones, the tests beside the tables say. */
function provoked(): Set<string> {
  const documents = [...refusedDocuments, ...doubtfulDocuments].map(({ text, limits }) =>
    parseManifests([{ file: "f", text }], limits),
  );
  const specs = specCases.map(([, kind, spec]) =>
    parseManifests([
      {
        file: "f",
        text: `{apiVersion: heddle.io/v1alpha1, kind: ${kind}, metadata: {name: x}, spec: ${spec}}`,
      },
    ]),
  );
  return new Set(
    [
      ...[...documents, ...specs].flatMap(({ findings }) => findings),
      ...[...referenceCases, ...selectionCases, ...foreignCases, ...deletionCases].flatMap(findingsOf),
      ...translationCases.flatMap(translationFindings),
    ]
      .map(({ code }) => code)
      .concat(goldenCodes()),
  );
}

/** The golden test compares what stands there with what translation finds. */
function goldenCodes(): string[] {
  const folder = join(root, "packages/dialects/golden");
  return globSync("*/expected.yaml", { cwd: folder }).flatMap((file) => {
    const expected: Record<string, { findings?: string[] }> = parse(readFileSync(join(folder, file), "utf8"));
    return Object.values(expected).flatMap(({ findings = [] }) =>
      findings.map((told) => told.slice(0, told.indexOf(":"))),
    );
  });
}

it("finds every code of the catalogue in some case, and none that is not in it", () => {
  const found = provoked();
  const codes = Object.keys(findingCatalogue);
  expect(codes.filter((code) => !found.has(code)).sort()).toEqual([]);
  expect([...found].filter((code) => !codes.includes(code))).toEqual([]);
});
