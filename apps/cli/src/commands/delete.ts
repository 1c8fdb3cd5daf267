import type { Finding } from "@heddle/api";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { readManifests, warn } from "../input/read-manifests.ts";
import { labelsOf, resourceNames } from "../input/resource-names.ts";
import { listResources } from "../list-resources.ts";
import { openSession, print, type Session } from "../session.ts";
import { inWorkspace, shortKey } from "./apply.ts";

const mutation = `mutation Delete($refs: [ResourceRef!]!, $dryRun: Boolean) {
  delete(refs: $refs, dryRun: $dryRun) { outcomes { key outcome } findings { code severity path reason remedy resource } } }`;

export interface Ref {
  readonly kind: string;
  readonly workspace: string;
  readonly name: string;
}

/** What says which resources are meant. */
export interface Selection {
  readonly filename?: readonly string[];
  readonly recursive?: boolean;
  readonly selector?: string;
  readonly all?: boolean;
}

interface DeleteOptions extends Selection {
  readonly ignoreNotFound?: boolean;
  readonly dryRun?: boolean;
}

export function addDelete(program: Command): void {
  program
    .command("delete [type] [names...]")
    .description(
      "delete resources by name, selector or manifest; what came from them is pruned in the clusters",
    )
    .option("-f, --filename <path...>", "delete what these manifests name")
    .option("-R, --recursive", "folders within folders, too")
    .option("-l, --selector <labels>", "those with these labels, KEY=VALUE,…")
    .option("--all", "all of the kind in the workspace")
    .option("--ignore-not-found", "what is not there is no error")
    .option("--dry-run", "say what would be deleted")
    .action(
      async (
        type: string | undefined,
        names: readonly string[],
        options: DeleteOptions,
        command: Command,
      ) => {
        const session = await openSession(command);
        const refs = await selectedRefs(session, type, names, options);
        if (refs.length === 0) {
          process.stderr.write("No resources found; nothing was deleted.\n");
          return;
        }
        const result = await session.api.query<{
          delete: {
            outcomes: readonly { key: string; outcome: string }[];
            findings: readonly Finding[];
          };
        }>(mutation, { refs, dryRun: options.dryRun ?? false });
        warn(result.delete.findings);
        const absent = result.delete.outcomes.filter(({ outcome }) => outcome === "absent");
        for (const { key, outcome } of result.delete.outcomes)
          if (outcome === "deleted") print(`${shortKey(key)} deleted${options.dryRun ? " (dry run)" : ""}\n`);
        if (absent.length > 0 && !options.ignoreNotFound)
          throw new CliError(
            absent.map(({ key }) => `${shortKey(key)} is not there: \`heddle get\` lists what is`).join("\n"),
          );
      },
    );
}

/** Names of what is meant. @throws CliError */
export async function selectedRefs(
  session: Session,
  type: string | undefined,
  names: readonly string[],
  options: Selection,
): Promise<Ref[]> {
  const several = options.selector !== undefined || options.all;
  if (options.filename !== undefined) {
    if (type !== undefined || several)
      throw new CliError("-f says what to delete already: leave out kinds, names, -l and --all");
    const manifests = await readManifests(options.filename, options.recursive ?? false);
    return inWorkspace(manifests, session.workspace).map(({ kind, metadata }) => ({
      kind,
      workspace: metadata.workspace,
      name: metadata.name,
    }));
  }
  if (type === undefined) throw new CliError("say which: KIND NAME…, KIND -l LABELS, KIND --all or -f FILE");
  const named = resourceNames(type, names);
  const discovered = named.find((entry) => entry.discovered);
  if (discovered !== undefined)
    throw new CliError(`${discovered.plural} are discovered in the clusters and are not deleted here`);
  if (several && named.some((entry) => entry.names.length > 0))
    throw new CliError("give either names, or -l LABELS or --all");
  const labels = labelsOf(options.selector);
  if (!several) {
    if (named.some((entry) => entry.names.length === 0))
      throw new CliError("give names, or -l LABELS or --all to delete several");
    return named.flatMap((entry) =>
      entry.names.map((name) => ({
        kind: entry.kind,
        workspace: entry.workspaced ? session.workspace : "default",
        name,
      })),
    );
  }
  const found = await Promise.all(
    named.map((entry) =>
      listResources(session.api, {
        kind: entry.kind,
        workspace: entry.workspaced ? session.workspace : "default",
        labels,
      }),
    ),
  );
  return found.flat().map(({ kind, workspace, name }) => ({ kind, workspace, name }));
}
