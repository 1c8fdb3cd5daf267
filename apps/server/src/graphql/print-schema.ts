import { writeFile } from "node:fs/promises";
import { printSchema } from "graphql";
import { schema } from "./schema.ts";

/** `npm run generate -w apps/server` writes the schema for readers and tools. */
await writeFile(new URL("../../schema.graphql", import.meta.url), `${printSchema(schema)}\n`);
