import type { Command } from "commander";
import { ApiClient } from "./client/api-client.ts";
import { chosenContext } from "./config/contexts.ts";

/** Options that every command has. */
export interface GlobalOptions {
  readonly context?: string;
  readonly workspace?: string;
}

export interface Session {
  readonly api: ApiClient;
  /** The workspace to speak about unless a manifest says another. */
  readonly workspace: string;
}

/** @throws CliError when no server is known */
export async function openSession(command: Command): Promise<Session> {
  const { context: name, workspace } = command.optsWithGlobals<GlobalOptions>();
  const context = await chosenContext(name);
  return { api: new ApiClient(context), workspace: workspace ?? context.workspace ?? "default" };
}

export function print(text: string): void {
  process.stdout.write(text);
}
