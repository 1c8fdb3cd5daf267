#!/usr/bin/env node
import { CliError, exitCodes } from "./cli-error.ts";
import { createProgram } from "./program.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
try {
  await createProgram().parseAsync();
} catch (error) {
  const known = error instanceof CliError;
  process.stderr.write(
    `${known ? error.message : error instanceof Error ? `${error.name}: ${error.message}` : String(error)}\n`,
  );
  process.exit(known ? error.exitCode : exitCodes.failed);
}
