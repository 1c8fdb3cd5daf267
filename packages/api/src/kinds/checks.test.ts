import { describe, expect, it } from "vitest";
import { specFindings } from "../findings/spec-findings.ts";
import { parseManifests } from "../manifest.ts";
import type { Case } from "./cases/case.ts";
import { fleetCases } from "./cases/fleet.ts";
import { deliveryCases, extensionCases, securityCases, telemetryCases } from "./cases/other.ts";
import { topologyCases } from "./cases/topology.ts";
import { trafficCases } from "./cases/traffic.ts";
import { kinds } from "./index.ts";

const cases: readonly Case[] = [
  ...fleetCases,
  ...topologyCases,
  ...trafficCases,
  ...securityCases,
  ...extensionCases,
  ...telemetryCases,
  ...deliveryCases,
];

describe.each(kinds.map(({ kind }) => kind))("%s", (kind) => {
  it.each(cases.filter((one) => one[1] === kind))("finds: %s", (_title, name, spec, ...expected) => {
    const text = `apiVersion: heddle.io/v1alpha1\nkind: ${name}\nmetadata: {name: x}\nspec: ${spec}\n`;
    const { findings, manifests } = parseManifests([{ file: "case.yaml", text }]);
    expect(findings.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([...expected].sort());
    expect(manifests).toHaveLength(findings.some(({ severity }) => severity === "error") ? 0 : 1);
    for (const one of findings) expect(one.origin?.line).toBe(4);
  });
});

it("has a case for every code that one resource alone can have", () => {
  const found = new Set(cases.flatMap((one) => one.slice(3).map((text) => String(text).split(" ")[0])));
  // These two are about the envelope and plain types: `manifest.test.ts` has them.
  const elsewhere = ["WORKSPACE_NOT_APPLICABLE", "WRONG_TYPE"];
  expect(Object.keys(specFindings).filter((code) => !found.has(code) && !elsewhere.includes(code))).toEqual(
    [],
  );
});

it("has a case for every kind", () => {
  const tested = new Set(cases.map((one) => one[1]));
  expect(kinds.map(({ kind }) => kind).filter((kind) => !tested.has(kind))).toEqual([]);
});
