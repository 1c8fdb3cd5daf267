import { writeFile } from "node:fs/promises";
import { createProgram } from "../program.ts";
import { cliReference } from "./cli-reference.ts";

/** `npm run generate -w apps/cli` writes the page. */
await writeFile(new URL("../../../../docs/cli.md", import.meta.url), cliReference(createProgram()));
