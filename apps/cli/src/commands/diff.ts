import type { Command } from "commander";
import { CliError, exitCodes } from "../cli-error.ts";
import type { ApiClient } from "../client/api-client.ts";
import { readManifests } from "../input/read-manifests.ts";
import { onlyResource } from "../input/resource-names.ts";
import { type StoredManifest, writtenPart } from "../manifest-view.ts";
import { yamlDiff } from "../output/yaml-diff.ts";
import type { Planned } from "../planned.ts";
import { openSession, print } from "../session.ts";
import { inWorkspace, shortKey } from "./apply.ts";
import { versionsOf } from "./history.ts";
import { refuseErrors } from "./plan.ts";
import { whole } from "./rollback.ts";

interface DiffOptions {
  readonly filename?: readonly string[];
  readonly recursive?: boolean;
}

export function addDiff(program: Command): void {
  program
    .command("diff [type] [name] [generations...]")
    .description(
      "compare two generations of a resource (the last two unless given; one is compared with what is stored), or files with what is stored; exit code 2 for differences",
    )
    .option("-f, --filename <path...>", "compare what is stored with these manifests")
    .option("-R, --recursive", "folders within folders, too")
    .action(
      async (
        type: string | undefined,
        name: string | undefined,
        generations: readonly string[],
        options: DiffOptions,
        command: Command,
      ) => {
        const { api, workspace } = await openSession(command);
        const text =
          options.filename !== undefined
            ? await diffOfFiles(api, workspace, options.filename, options.recursive ?? false)
            : await diffOfGenerations(api, workspace, type, name, generations);
        print(text);
        if (text !== "") process.exitCode = exitCodes.changes;
      },
    );
}

async function diffOfFiles(
  api: ApiClient,
  workspace: string,
  paths: readonly string[],
  recursive: boolean,
): Promise<string> {
  const manifests = inWorkspace(await readManifests(paths, recursive), workspace);
  const { plan } = await api.query<{ plan: Pick<Planned, "resources" | "findings"> }>(
    `query Diff($manifests: [JSON!]) { plan(manifests: $manifests, clusters: []) {
      resources { key outcome before after } findings { code severity path reason remedy resource index } } }`,
    { manifests: manifests.map(({ origin: _, ...manifest }) => manifest) },
  );
  refuseErrors(plan, manifests);
  return plan.resources
    .map(({ key, before, after }) =>
      yamlDiff(before && writtenPart(before), after && writtenPart(after), [
        `${shortKey(key)} as it is stored`,
        `${shortKey(key)} as the file says`,
      ]),
    )
    .join("");
}

async function diffOfGenerations(
  api: ApiClient,
  workspace: string,
  type: string | undefined,
  name: string | undefined,
  given: readonly string[],
): Promise<string> {
  if (type === undefined)
    throw new CliError("say what to compare: diff KIND NAME [GENERATION [GENERATION]], or diff -f FILE…");
  // `tp/canary 1 2` has no name of its own.
  const joined = type.includes("/");
  const ref = onlyResource(workspace, type, joined ? undefined : name);
  const generations = [...(joined && name !== undefined ? [name] : []), ...given].map(whole);
  if (generations.length > 2) throw new CliError("two generations can be compared, not more");
  const label = `${ref.kind.toLowerCase()}/${ref.name}`;
  const side = async (generation: number): Promise<Side> => {
    const { generation: version } = await api.query<{ generation: { manifest: StoredManifest } }>(
      `query Generation($ref: ResourceRef!, $generation: Int!) { generation(ref: $ref, generation: $generation) { manifest } }`,
      { ref, generation },
    );
    return { name: `${label} generation ${generation}`, value: writtenPart(version.manifest) };
  };
  const [first, second] = generations;
  if (first !== undefined && second !== undefined) return diff(await side(first), await side(second));
  const [newest, older] = await versionsOf(api, ref, 2);
  if (newest === undefined) throw new CliError(`${label} was never there in workspace ${ref.workspace}`);
  const now: Side = newest.deleted
    ? { name: `${label} deleted`, value: undefined }
    : { name: `${label} generation ${newest.generation}`, value: writtenPart(newest.manifest) };
  if (first !== undefined) return diff(await side(first), now);
  const before: Side =
    older === undefined || older.deleted
      ? { name: "nothing", value: undefined }
      : { name: `${label} generation ${older.generation}`, value: writtenPart(older.manifest) };
  return diff(before, now);
}

interface Side {
  readonly name: string;
  readonly value: unknown;
}

function diff(before: Side, after: Side): string {
  return yamlDiff(before.value, after.value, [before.name, after.name]);
}
