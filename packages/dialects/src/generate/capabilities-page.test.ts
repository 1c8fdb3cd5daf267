import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dialects } from "../index.ts";
import { capabilitiesPage } from "./capabilities-page.ts";

it("docs/reference/capabilities.md is in step with the tables (else: npm run generate -w packages/dialects)", () => {
  const file = join(import.meta.dirname, "../../../../docs/reference/capabilities.md");
  expect(readFileSync(file, "utf8") === capabilitiesPage(dialects)).toBe(true);
});
