import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import {
  type Effect,
  type Explained,
  type ExplainedObject,
  effectFields,
  explainedFields,
  explainedObjectFields,
} from "../explained.ts";
import { onlyResource } from "../input/resource-names.ts";
import { effectText, explanationText, objectText } from "../output/explain-text.ts";
import { structured } from "../output/value-format.ts";
import { openSession, print } from "../session.ts";

interface ExplainOptions {
  readonly cluster?: string;
  readonly output?: string;
}

interface ObjectOptions extends ExplainOptions {
  readonly asObject?: boolean;
}

export function addExplain(program: Command): void {
  const explain = program
    .command("explain [type] [name]")
    .description(
      "why something is as it is: a policy (explain tp/canary), a destination, a workload or an object",
    )
    .action(
      async (
        type: string | undefined,
        name: string | undefined,
        options: ExplainOptions,
        command: Command,
      ) => {
        if (type === undefined)
          throw new CliError(
            "say what to explain: explain KIND NAME, explain destination NAMESPACE/NAME, explain workload NAMESPACE/NAME or explain object KIND NAMESPACE/NAME",
          );
        await explainResource(command, type, name, options);
      },
    );
  explainOptions(explain);
  for (const kind of ["destination", "workload"] as const)
    explainOptions(
      explain
        .command(`${kind} <name>`)
        .description(
          kind === "destination"
            ? "policies of a Service in rank order, what holds for which clients, who lost and why"
            : "what bears on a workload, on whatever level",
        )
        .action((name: string, _: unknown, command: Command) =>
          explainFact(command, kind, name, command.optsWithGlobals<ExplainOptions>()),
        ),
    );
  explainOptions(
    explain
      .command("object <kind> <name>")
      .description("the resource and field behind each field of an object that Heddle writes")
      .option("--as-object", "the object itself, as YAML")
      .action((kind: string, name: string, _: unknown, command: Command) =>
        explainObject(command, kind, name, command.optsWithGlobals<ObjectOptions>()),
      ),
  );
}

/** Options of `explain` and of each command below it; whichever of the two takes them, `optsWithGlobals` has them. */
function explainOptions(command: Command): void {
  command
    .option("--cluster <name>", "only in this cluster; in every one unless given")
    .option("-o, --output <format>", "json or yaml");
}

async function explainResource(
  command: Command,
  type: string,
  name: string | undefined,
  options: ExplainOptions,
): Promise<void> {
  const { api, workspace } = await openSession(command);
  const ref = onlyResource(workspace, type, name);
  const { resource, explainResource: told } = await api.query<{
    resource: { kind: string } | null;
    explainResource: { effects: readonly Effect[]; left: number };
  }>(
    `query Explain($ref: ResourceRef!, $cluster: String) { resource(ref: $ref) { kind }
      explainResource(ref: $ref, cluster: $cluster) { effects { ${effectFields} } left } }`,
    { ref, cluster: options.cluster ?? null },
  );
  const label = `${ref.kind.toLowerCase()}/${ref.name}`;
  if (resource === null) throw new CliError(`${label} is not there in workspace ${ref.workspace}`);
  show(told.effects, options, effectText);
  if (options.output !== undefined) return;
  if (told.effects.length === 0) print(`${label} bears on nothing in ${options.cluster ?? "any cluster"}\n`);
  if (told.left > 0) print(`\nand on ${told.left} more: name a cluster to see less at once\n`);
}

async function explainFact(
  command: Command,
  kind: "destination" | "workload",
  text: string,
  options: ExplainOptions,
): Promise<void> {
  const { api } = await openSession(command);
  const { namespace, name } = namespaced(text);
  const field = kind === "destination" ? "explainDestination" : "explainWorkload";
  const { told } = await api.query<{ told: readonly Explained[] }>(
    `query Explain($cluster: String, $namespace: String!, $name: String!) {
      told: ${field}(cluster: $cluster, namespace: $namespace, name: $name) { ${explainedFields} } }`,
    { cluster: options.cluster ?? null, namespace, name },
  );
  if (told.length === 0)
    throw new CliError(
      `there is no ${kind} ${text} in ${options.cluster ?? "any cluster"}: \`heddle get ${kind}s -n ${namespace}\` lists what is`,
    );
  show(told, options, explanationText);
}

async function explainObject(
  command: Command,
  kind: string,
  text: string,
  options: ObjectOptions,
): Promise<void> {
  const { api } = await openSession(command);
  const { namespace, name } = text.includes("/") ? namespaced(text) : { namespace: "", name: text };
  const { explainObject: told } = await api.query<{ explainObject: readonly ExplainedObject[] }>(
    `query Explain($cluster: String, $kind: String!, $namespace: String, $name: String!) {
      explainObject(cluster: $cluster, kind: $kind, namespace: $namespace, name: $name) { ${explainedObjectFields} } }`,
    { cluster: options.cluster ?? null, kind, namespace, name },
  );
  if (told.length === 0)
    throw new CliError(
      `Heddle writes no ${kind} ${text} in ${options.cluster ?? "any cluster"}: \`heddle describe\` lists the objects of a resource`,
    );
  if (options.asObject)
    print(
      structured(
        "yaml",
        told.map(({ value }) => value),
        told.length === 1,
      ),
    );
  else show(told, options, objectText);
}

/** @throws CliError */
function namespaced(text: string): { readonly namespace: string; readonly name: string } {
  const [namespace = "", name = "", ...more] = text.split("/");
  if (namespace === "" || name === "" || more.length > 0) throw new CliError(`${text} is not NAMESPACE/NAME`);
  return { namespace, name };
}

/** As text, clusters that say the same together; or as they are. */
function show<T extends { readonly cluster: string }>(
  items: readonly T[],
  { output }: ExplainOptions,
  text: (item: T, clusters: readonly string[]) => string,
): void {
  if (output === "json" || output === "yaml") {
    print(structured(output, items, items.length === 1));
    return;
  }
  if (output !== undefined) throw new CliError(`there is no output format ${output}: use json or yaml`);
  const groups = Map.groupBy(items, ({ cluster: _, ...rest }) => JSON.stringify(rest));
  print(
    [...groups.values()]
      .flatMap((group) =>
        group[0] === undefined
          ? []
          : text(
              group[0],
              group.map(({ cluster }) => cluster),
            ),
      )
      .join("\n"),
  );
}
