import { mkdir, open, readFile, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { CliError } from "../cli-error.ts";

const file = z.object({
  currentContext: z.string().optional(),
  contexts: z
    .record(z.string(), z.object({ server: z.url(), token: z.string(), workspace: z.string().optional() }))
    .default({}),
});
export type ContextFile = z.output<typeof file>;

export interface Context {
  readonly server: string;
  readonly token: string;
  readonly workspace?: string | undefined;
}

export function contextPath(): string {
  return (
    process.env["HEDDLE_CONFIG"] ||
    join(process.env["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "heddle", "config.yaml")
  );
}

export async function readContexts(): Promise<ContextFile> {
  const path = contextPath();
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { contexts: {} };
    throw error;
  }
  const unreadable = (why: string) =>
    new CliError(`${path} cannot be read: ${why}; mend it or remove it and log in again`);
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch {
    // What the parser says quotes the file, which holds tokens.
    throw unreadable("it is not YAML");
  }
  const parsed = file.safeParse(value);
  if (!parsed.success) throw unreadable(z.prettifyError(parsed.error));
  return parsed.data;
}

/** Holds tokens, so nobody else may read it; replaced atomically. */
export async function writeContexts(contexts: ContextFile): Promise<void> {
  const path = contextPath();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(stringify(contexts));
  } finally {
    await handle.close();
  }
  await rename(draft, path);
}

/** Adds or replaces a context and makes it the current one. */
export async function saveContext(name: string, context: Context): Promise<void> {
  const known = await readContexts();
  const { server, token, workspace } = context;
  await writeContexts({
    currentContext: name,
    contexts: { ...known.contexts, [name]: { server, token, ...(workspace && { workspace }) } },
  });
}

/** The server to speak with: `HEDDLE_SERVER` and `HEDDLE_TOKEN`, or the named or current context. */
export async function chosenContext(name: string | undefined): Promise<Context> {
  const { HEDDLE_SERVER: server, HEDDLE_TOKEN: token } = process.env;
  if (name === undefined && server && token) {
    if (!URL.canParse(server))
      throw new CliError(`HEDDLE_SERVER is ${server}, not an address such as https://heddle.example.com`);
    return { server, token };
  }
  const { contexts, currentContext } = await readContexts();
  const wanted = name ?? currentContext;
  if (wanted === undefined)
    throw new CliError(
      "no server is known: run `heddle login SERVER --token TOKEN`, or `heddle up` to start one here",
    );
  const context = contexts[wanted];
  if (context === undefined)
    throw new CliError(`there is no context ${wanted}: \`heddle context list\` shows those there are`);
  return context;
}
