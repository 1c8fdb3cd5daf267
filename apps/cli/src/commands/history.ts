import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { ApiClient } from "../client/api-client.ts";
import { onlyResource } from "../input/resource-names.ts";
import type { StoredManifest } from "../manifest-view.ts";
import { age, table } from "../output/table.ts";
import { structured } from "../output/value-format.ts";
import { openSession, print } from "../session.ts";
import { whole } from "./rollback.ts";

export interface Version {
  readonly revision: number;
  readonly generation: number;
  readonly deleted: boolean;
  readonly author: string;
  readonly message: string;
  readonly at: string;
  readonly manifest: StoredManifest;
}

const query = `query History($ref: ResourceRef!, $after: String, $limit: Int) { history(ref: $ref, after: $after, limit: $limit) {
  items { revision generation deleted author message at manifest } next } }`;

/** Versions of a resource, newest first; at most `most`. */
export async function versionsOf(
  api: ApiClient,
  ref: ReturnType<typeof onlyResource>,
  most: number,
): Promise<Version[]> {
  const found: Version[] = [];
  let after: string | null = null;
  do {
    const { history }: { history: { items: Version[]; next: string | null } } = await api.query(query, {
      ref,
      after,
      limit: Math.min(200, most - found.length),
    });
    found.push(...history.items);
    after = history.next;
  } while (after !== null && found.length < most);
  return found;
}

export function addHistory(program: Command): void {
  program
    .command("history <type> [name]")
    .description("versions of a resource, newest first: who changed it, when and why")
    .option("-o, --output <format>", "json or yaml, with the manifests")
    .option("--limit <number>", "at most so many", "50")
    .action(
      async (
        type: string,
        name: string | undefined,
        options: { readonly output?: string; readonly limit: string },
        command: Command,
      ) => {
        const { api, workspace } = await openSession(command);
        const ref = onlyResource(workspace, type, name);
        const versions = await versionsOf(api, ref, whole(options.limit));
        if (versions.length === 0)
          throw new CliError(
            `${ref.kind.toLowerCase()}/${ref.name} was never there in workspace ${ref.workspace}`,
          );
        if (options.output === "json" || options.output === "yaml")
          print(structured(options.output, versions, false));
        else if (options.output !== undefined)
          throw new CliError(`there is no output format ${options.output}: use json or yaml`);
        else print(historyTable(versions));
      },
    );
}

function historyTable(versions: readonly Version[]): string {
  return table(
    ["GENERATION", "REVISION", "AGE", "AUTHOR", "CHANGE", "MESSAGE"],
    versions.map(({ generation, revision, at, author, deleted, message }, index) => {
      const older = versions[index + 1];
      const change = deleted
        ? "deleted"
        : older?.generation === generation && !older.deleted
          ? "labels"
          : generation === 1
            ? "created"
            : "spec";
      return [String(generation), String(revision), age(at), author, change, message || "<none>"];
    }),
  );
}
