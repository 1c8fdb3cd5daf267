import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { istioCapabilities } from "../src/mesh/conformance/conformance.ts";
import { areas } from "./areas.ts";
import { unprovable } from "./unprovable.ts";

const table = istioCapabilities();
const supported = Object.entries(table).flatMap(([kind, fields]) =>
  Object.entries(fields ?? {}).flatMap(([field, { level }]) =>
    level === "unsupported" ? [] : `${kind}.${field}`,
  ),
);

it.each(areas.flatMap(({ scenarios }) => Object.entries(scenarios)))(
  "%s proves fields that the capability table supports",
  (_, { proves }) => {
    expect(proves.filter((field) => !supported.includes(field))).toEqual([]);
  },
);

const proven = new Set(
  areas.flatMap(({ scenarios }) => Object.values(scenarios).flatMap(({ proves }) => proves)),
);

it("every field that is native to Istio is proven by a scenario, or cannot be here", () => {
  const native = Object.entries(table).flatMap(([kind, fields]) =>
    Object.entries(fields ?? {}).flatMap(([field, { level }]) =>
      level === "native" ? `${kind}.${field}` : [],
    ),
  );
  const excused = (field: string) => unprovable.some(({ fields }) => fields.test(field));
  expect(native.filter((field) => !proven.has(field) && !excused(field))).toEqual([]);
});

it.each(unprovable)("nothing is excused that is proven: $reason", ({ fields }) => {
  expect([...proven].filter((field) => fields.test(field))).toEqual([]);
});

it("docs/conformance.md knows every scenario: `npm run e2e -- traffic --report` writes it", async () => {
  const page = await readFile(new URL("../../docs/conformance.md", import.meta.url), "utf8");
  const scenarios = areas.flatMap(({ name: area, scenarios: some }) =>
    Object.keys(some).map((name) => `e2e/scenarios/${area}/${name}.ts`),
  );
  expect(scenarios.filter((scenario) => !page.includes(scenario))).toEqual([]);
});
