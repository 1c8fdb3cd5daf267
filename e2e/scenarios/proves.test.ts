import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { istioCapabilities } from "../src/mesh/conformance.ts";
import { securityScenarios } from "./security/index.ts";
import { trafficScenarios } from "./traffic/index.ts";

const table = istioCapabilities();
const supported = Object.entries(table).flatMap(([kind, fields]) =>
  Object.entries(fields ?? {}).flatMap(([field, { level }]) =>
    level === "unsupported" ? [] : `${kind}.${field}`,
  ),
);

it.each(Object.entries({ ...trafficScenarios, ...securityScenarios }))(
  "%s proves fields that the capability table supports",
  (_, { proves }) => {
    expect(proves.filter((field) => !supported.includes(field))).toEqual([]);
  },
);

it("docs/conformance.md knows every field and scenario there is: `npm run e2e -- traffic --report` writes it", async () => {
  const page = await readFile(new URL("../../docs/conformance.md", import.meta.url), "utf8");
  const scenarios = [
    ...Object.keys(trafficScenarios).map((name) => `e2e/scenarios/traffic/${name}.ts`),
    ...Object.keys(securityScenarios).map((name) => `e2e/scenarios/security/${name}.ts`),
  ];
  const fields = Object.values(table).flatMap((entries) =>
    Object.keys(entries ?? {}).map((field) => `| \`${field}\` |`),
  );
  expect([...scenarios, ...fields].filter((text) => !page.includes(text))).toEqual([]);
});
