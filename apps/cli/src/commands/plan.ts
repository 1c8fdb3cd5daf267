import type { Manifest } from "@heddle/api";
import type { Command } from "commander";
import { CliError, exitCodes } from "../cli-error.ts";
import { readManifests, warn } from "../input/read-manifests.ts";
import { findingLines } from "../output/finding-lines.ts";
import { planText } from "../output/plan-text.ts";
import { structured } from "../output/value-format.ts";
import { changesAnything, type Planned, plannedFields } from "../planned.ts";
import { openSession, print } from "../session.ts";
import { inWorkspace, shortKey, withOrigins } from "./apply.ts";
import { type Ref, type Selection, selectedRefs } from "./delete.ts";

const query = `query Plan($manifests: [JSON!], $deletes: [ResourceRef!], $clusters: [String!]) {
  plan(manifests: $manifests, deletes: $deletes, clusters: $clusters) { ${plannedFields} } }`;

interface PlanOptions extends Selection {
  readonly output?: string;
  readonly cluster?: readonly string[];
}

export function addPlan(program: Command): void {
  const plan = program
    .command("plan")
    .description(
      "what applying manifests would do to every cluster, without writing anything; exit code 2 for changes",
    )
    .option("-f, --filename <path...>", "file, folder or - for standard input; may be repeated")
    .action((options: PlanOptions, command: Command) => {
      if (options.filename === undefined)
        throw new CliError("say what to plan: plan -f FILE…, or plan delete KIND NAME…");
      return showPlan(command, options, []);
    });
  planOptions(plan);
  const remove = plan
    .command("delete [type] [names...]")
    .description("what deleting resources would do")
    .option("-f, --filename <path...>", "what these manifests name")
    .option("-l, --selector <labels>", "those with these labels, KEY=VALUE,…")
    .option("--all", "all of the kind in the workspace")
    .action(async (type: string | undefined, names: readonly string[], _: unknown, command: Command) => {
      const options = command.optsWithGlobals<PlanOptions>();
      const refs = await selectedRefs(await openSession(command), type, names, options);
      await showPlan(command, withoutFiles(options), refs);
    });
  planOptions(remove);
}

/** Options of `plan` and `plan delete`; whichever of the two takes them, `optsWithGlobals` has them. */
function planOptions(command: Command): void {
  command
    .option("-R, --recursive", "folders within folders, too")
    .option("-o, --output <format>", "json or yaml")
    .option("--cluster <name...>", "tell only of these clusters");
}

/** The files of `plan delete -f` name what is deleted, so they are not applied. */
function withoutFiles({ filename: _, ...options }: PlanOptions): PlanOptions {
  return options;
}

async function showPlan(command: Command, options: PlanOptions, deletes: readonly Ref[]): Promise<void> {
  const { api, workspace } = await openSession(command);
  const manifests =
    options.filename === undefined
      ? []
      : inWorkspace(await readManifests(options.filename, options.recursive ?? false), workspace);
  const { plan } = await api.query<{ plan: Planned }>(query, {
    manifests: manifests.map(({ origin: _, ...manifest }) => manifest),
    deletes,
    clusters: options.cluster ?? null,
  });
  refuseErrors(plan, manifests);
  warnAbsent(plan);
  printPlan(plan, options.output);
}

/** @throws CliError that lists every error; a plan of what would be refused says nothing */
export function refuseErrors(planned: Pick<Planned, "findings">, manifests: readonly Manifest[]): void {
  const located = withOrigins(planned.findings, manifests);
  const errors = located.filter(({ severity }) => severity === "error");
  warn(located.filter(({ severity }) => severity !== "error"));
  if (errors.length > 0) throw new CliError(`${errors.map(findingLines).join("")}it would be refused`);
}

/** Says on stderr what was to be deleted and is not there. */
function warnAbsent({ resources }: Planned): void {
  for (const { key, outcome } of resources)
    if (outcome === "absent")
      process.stderr.write(`${shortKey(key)} is not there: \`heddle get\` lists what is\n`);
}

/** Prints it, and sets the exit code that says whether there is anything to do. */
function printPlan(planned: Planned, format: string | undefined): void {
  if (format === "json" || format === "yaml") print(structured(format, [planned], true));
  else if (format !== undefined) throw new CliError(`there is no output format ${format}: use json or yaml`);
  else print(changesAnything(planned) ? planText(planned) : "nothing would change\n");
  if (changesAnything(planned)) process.exitCode = exitCodes.changes;
}
