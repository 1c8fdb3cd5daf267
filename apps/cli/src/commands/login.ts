import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { ApiClient } from "../client/api-client.ts";
import { readContexts, saveContext, writeContexts } from "../config/contexts.ts";
import { table } from "../output/table.ts";
import { print } from "../session.ts";

export function addLogin(program: Command): void {
  program
    .command("login <server>")
    .description("keep a server's address and token as a context, and use it from now on")
    .option("--token <token>", "the token; better --token-stdin, which no process list shows")
    .option("--token-stdin", "read the token from standard input")
    .option("--name <name>", "name of the context; the server's host unless given")
    .action(async (server: string, options: { token?: string; tokenStdin?: boolean; name?: string }) => {
      const token = options.tokenStdin ? await readLine() : options.token;
      if (!token) throw new CliError("give a token by --token-stdin or --token");
      const address = parseAddress(server);
      const context = { server: address.origin, token };
      const { viewer } = await new ApiClient(context).query<{ viewer: { name: string; roles: string[] } }>(
        "{ viewer { name roles } }",
      );
      const name = options.name ?? address.host;
      await saveContext(name, context);
      print(
        `logged in to ${address.origin} as ${viewer.name} (${viewer.roles.join(", ")}); context ${name} is in use\n`,
      );
    });

  const context = program.command("context").description("the servers you are logged in to");
  context
    .command("list")
    .alias("ls")
    .description("list them; the one in use has a star")
    .action(async () => {
      const { contexts, currentContext } = await readContexts();
      print(
        table(
          ["CURRENT", "NAME", "SERVER"],
          Object.entries(contexts).map(([name, { server }]) => [
            name === currentContext ? "*" : "",
            name,
            server,
          ]),
        ),
      );
    });
  context
    .command("use <name>")
    .description("use it from now on")
    .action(async (name: string) => {
      const known = await readContexts();
      if (known.contexts[name] === undefined)
        throw new CliError(`there is no context ${name}: \`heddle context list\` shows those there are`);
      await writeContexts({ ...known, currentContext: name });
      print(`context ${name} is in use\n`);
    });
  context
    .command("remove <name>")
    .description("forget it, with its token")
    .action(async (name: string) => {
      const { contexts, currentContext } = await readContexts();
      if (contexts[name] === undefined)
        throw new CliError(`there is no context ${name}: \`heddle context list\` shows those there are`);
      const { [name]: _, ...rest } = contexts;
      await writeContexts({
        ...(currentContext !== name && currentContext && { currentContext }),
        contexts: rest,
      });
      print(`context ${name} removed\n`);
    });
}

function parseAddress(text: string): URL {
  const withScheme = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(withScheme))
    throw new CliError(`${text} is not an address such as https://heddle.example.com`);
  return new URL(withScheme);
}

async function readLine(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString("utf8").trim();
}
