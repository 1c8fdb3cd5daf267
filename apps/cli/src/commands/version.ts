import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { ApiClient } from "../client/api-client.ts";
import { chosenContext } from "../config/contexts.ts";
import { print } from "../session.ts";

/** Of this package, which all parts of Heddle share. */
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")));

export function addVersion(program: Command): void {
  program
    .command("version")
    .description("version of this program and of the server")
    .option("--client", "of this program only")
    .action(async (options: { readonly client?: boolean }, command: Command) => {
      print(`client: ${version}\n`);
      if (options.client) return;
      const { context } = command.optsWithGlobals<{ context?: string }>();
      const chosen = await chosenContext(context).catch(() => undefined);
      if (chosen === undefined) return;
      const server = await new ApiClient(chosen).query<{ version: string }>("{ version }");
      print(`server: ${server.version} (${chosen.server})\n`);
    });
}
