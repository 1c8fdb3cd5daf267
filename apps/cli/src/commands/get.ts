import type { Fact } from "@heddle/api";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { ApiClient } from "../client/api-client.ts";
import { subscribe } from "../client/subscribe.ts";
import { clusterTable, listClusters } from "../clusters.ts";
import { labelsOf, type Named, resourceNames } from "../input/resource-names.ts";
import { type ListedResource, listResources, resourceFields } from "../list-resources.ts";
import { factTable } from "../output/fact-table.ts";
import { resourceTable } from "../output/resource-table.ts";
import { type Format, formatOf, structured } from "../output/value-format.ts";
import { openSession, print, type Session } from "../session.ts";

interface GetOptions {
  readonly output?: string;
  readonly selector?: string;
  readonly allWorkspaces?: boolean;
  readonly watch?: boolean;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly headers: boolean;
}

export function addGet(program: Command): void {
  program
    .command("get <type> [names...]")
    .description("list resources or what discovery found: get tp, get tp/reviews, get tp,ap, get workloads")
    .option("-o, --output <format>", "json, yaml, wide or name")
    .option("-l, --selector <labels>", "only those with these labels, KEY=VALUE,…")
    .option("-A, --all-workspaces", "of every workspace")
    .option("-w, --watch", "go on and print what changes")
    .option("--cluster <name>", "of discovered kinds: only in this cluster")
    .option("-n, --namespace <name>", "of discovered kinds: only in this namespace")
    .option("--no-headers", "without the line of column names")
    .action(async (type: string, names: readonly string[], options: GetOptions, command: Command) => {
      const session = await openSession(command);
      const format = formatOf(options.output);
      const named = resourceNames(type, names);
      if (format === "json" || format === "yaml") {
        const items = (await Promise.all(named.map((entry) => itemsOf(session, entry, options)))).flat();
        const single = named.length === 1 && named[0]?.names.length === 1;
        print(structured(format, items, single));
      } else {
        for (const [index, entry] of named.entries()) {
          if (index > 0 && format !== "name") print("\n");
          if (entry.kind === "Cluster") await getClusters(session, entry, format, options);
          else if (entry.discovered) await getFacts(session, entry, format, options);
          else await getResources(session, entry, format, options);
        }
      }
      if (options.watch) await watch(session, named, format, options);
    });
}

/** What `-o json` and `-o yaml` show. */
async function itemsOf(session: Session, named: Named, options: GetOptions): Promise<unknown[]> {
  if (named.discovered) return findFacts(session, named, options);
  return (await findResources(session, named, options)).map(withStatus);
}

async function getClusters(
  { api }: Session,
  { names }: Named,
  format: "wide" | "name" | undefined,
  options: GetOptions,
): Promise<void> {
  const wanted = labelsOf(options.selector);
  const clusters = (await listClusters(api)).filter(({ labels }) => hasLabels(labels, wanted));
  const found = pick(clusters, names, ({ name }) => name, "cluster");
  if (format === "name") print(found.map(({ name }) => `cluster/${name}\n`).join(""));
  else if (found.length === 0)
    process.stderr.write("No clusters found. `heddle cluster register NAME` makes one known.\n");
  else print(clusterTable(found, { wide: format === "wide", header: options.headers }));
}

function workspaceOf(session: Session, named: Named, options: GetOptions): string | undefined {
  if (options.allWorkspaces) return undefined;
  return named.workspaced ? session.workspace : "default";
}

async function findResources(session: Session, named: Named, options: GetOptions): Promise<ListedResource[]> {
  const workspace = workspaceOf(session, named, options);
  const all = await listResources(session.api, {
    kind: named.kind,
    workspace,
    labels: labelsOf(options.selector),
  });
  return pick(all, named.names, ({ name }) => name, named.kind.toLowerCase());
}

async function getResources(
  session: Session,
  named: Named,
  format: "wide" | "name" | undefined,
  options: GetOptions,
): Promise<void> {
  const found = await findResources(session, named, options);
  const workspace = workspaceOf(session, named, options);
  if (format === "name") print(found.map(({ kind, name }) => `${kind.toLowerCase()}/${name}\n`).join(""));
  else if (found.length === 0)
    process.stderr.write(
      `No ${named.plural} found in ${workspace === undefined ? "any workspace" : `workspace ${workspace}`}.\n`,
    );
  else
    print(
      resourceTable(named.kind, found, {
        wide: format === "wide",
        workspaces: workspace === undefined,
        header: options.headers,
      }),
    );
}

function withStatus({ manifest, status }: ListedResource): unknown {
  const { clusters, ...rest } = status;
  return { ...manifest, status: { ...rest, ...(clusters && { clusters }) } };
}

async function findFacts({ api }: Session, named: Named, options: GetOptions): Promise<ListedFact[]> {
  const wanted = labelsOf(options.selector);
  const all = (await listFacts(api, named.kind, options)).filter(({ value }) =>
    hasLabels("labels" in value ? value.labels : {}, wanted),
  );
  return pick(all, named.names, ({ value }) => value.name, named.kind.toLowerCase());
}

async function getFacts(
  session: Session,
  named: Named,
  format: "wide" | "name" | undefined,
  options: GetOptions,
): Promise<void> {
  const found = await findFacts(session, named, options);
  if (format === "name") print(found.map(({ cluster, key }) => `${cluster}/${key}\n`).join(""));
  else if (found.length === 0) process.stderr.write(`No ${named.plural} found.\n`);
  else print(factTable(named.kind, found, options.headers));
}

function hasLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> | undefined,
): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels[key] === value);
}

export interface ListedFact {
  readonly cluster: string;
  readonly key: string;
  readonly value: Fact;
}

async function listFacts(
  api: ApiClient,
  kind: string,
  { cluster, namespace }: GetOptions,
): Promise<ListedFact[]> {
  const query = `query Facts($kind: FactKind!, $cluster: String, $namespace: String, $after: String) {
    facts(kind: $kind, cluster: $cluster, namespace: $namespace, after: $after, limit: 200) { items { cluster key value } next } }`;
  const found: ListedFact[] = [];
  let after: string | null = null;
  do {
    const { facts }: { facts: { items: ListedFact[]; next: string | null } } = await api.query(query, {
      kind,
      cluster,
      namespace,
      after,
    });
    found.push(...facts.items);
    after = facts.next;
  } while (after !== null);
  return found;
}

/** Those with the wanted names, all when none is named. @throws CliError for a name that is not there */
function pick<T>(
  items: readonly T[],
  names: readonly string[],
  nameOf: (item: T) => string,
  kind: string,
): T[] {
  if (names.length === 0) return [...items];
  const found = items.filter((item) => names.includes(nameOf(item)));
  const missing = names.filter((name) => !found.some((item) => nameOf(item) === name));
  if (missing.length > 0)
    throw new CliError(
      missing.map((name) => `${kind}/${name} is not there: \`heddle get ${kind}\` lists what is`).join("\n"),
    );
  return found;
}

async function watch(
  session: Session,
  named: readonly Named[],
  format: Format | undefined,
  options: GetOptions,
): Promise<void> {
  const only = named[0];
  if (named.length !== 1 || only === undefined || only.discovered || only.kind === "Cluster")
    throw new CliError("--watch follows one kind of resource");
  const stopping = new AbortController();
  process.once("SIGINT", () => stopping.abort());
  const query = `subscription Watch($kind: String, $workspace: String) {
    resourceEvents(kind: $kind, workspace: $workspace) { type key resource { ${resourceFields} } } }`;
  const variables = { kind: only.kind, workspace: workspaceOf(session, only, options) ?? null };
  const wanted = labelsOf(options.selector);
  const events = subscribe<{
    resourceEvents: { type: string; key: string; resource: ListedResource | null };
  }>(session.api.context, query, variables, stopping.signal);
  for await (const { resourceEvents: event } of events) {
    const name = event.key.split("/")[2] ?? "";
    if (only.names.length > 0 && !only.names.includes(name)) continue;
    if (event.resource === null) print(`${name}   deleted\n`);
    else if (!hasLabels(event.resource.manifest.metadata.labels, wanted)) continue;
    else if (format === "json" || format === "yaml")
      print(structured(format, [withStatus(event.resource)], true));
    else if (format === "name") print(`${only.kind.toLowerCase()}/${name}\n`);
    else
      print(
        resourceTable(only.kind, [event.resource], {
          wide: format === "wide",
          workspaces: options.allWorkspaces ?? false,
          header: false,
        }),
      );
  }
}
