import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dialects } from "../index.ts";
import { capabilitiesPage } from "./capabilities-page.ts";

writeFileSync(
  join(import.meta.dirname, "../../../../docs/reference/capabilities.md"),
  capabilitiesPage(dialects),
);
