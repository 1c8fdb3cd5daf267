import { describe, expect, it } from "vitest";
import { parseManifests } from "../manifest.ts";
import { specCases } from "./cases/all.ts";
import { kinds } from "./index.ts";

describe.each(kinds.map(({ kind }) => kind))("%s", (kind) => {
  it.each(specCases.filter((one) => one[1] === kind))("finds: %s", (_title, name, spec, ...expected) => {
    const text = `apiVersion: heddle.io/v1alpha1\nkind: ${name}\nmetadata: {name: x}\nspec: ${spec}\n`;
    const { findings, manifests } = parseManifests([{ file: "case.yaml", text }]);
    expect(findings.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([...expected].sort());
    expect(manifests).toHaveLength(findings.some(({ severity }) => severity === "error") ? 0 : 1);
    for (const one of findings) expect(one.origin?.line).toBe(4);
  });
});

it("has a case for every kind", () => {
  const tested = new Set(specCases.map((one) => one[1]));
  expect(kinds.map(({ kind }) => kind).filter((kind) => !tested.has(kind))).toEqual([]);
});
