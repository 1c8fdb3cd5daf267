import type { Command } from "commander";
import { stringify } from "yaml";
import { CliError } from "../cli-error.ts";
import type { ApiClient } from "../client/api-client.ts";
import { clusterState, listClusters } from "../clusters.ts";
import { resourceNames } from "../input/resource-names.ts";
import { type ListedResource, resourceFields } from "../list-resources.ts";
import { age, table } from "../output/table.ts";
import { openSession, print } from "../session.ts";

interface ClusterReport {
  readonly cluster: string;
  readonly state: string;
  readonly reportedAt: string | null;
  readonly objects: readonly {
    readonly object: string;
    readonly state: string;
    readonly code: string | null;
    readonly message: string | null;
    readonly owner: string | null;
  }[];
  readonly fields: readonly { readonly path: string; readonly level: string; readonly how: string }[];
  readonly findings: readonly {
    readonly code: string;
    readonly path: string;
    readonly reason: string;
    readonly remedy: string;
  }[];
  readonly conflicts: readonly { readonly path: string; readonly with: string }[];
}

const query = `query Describe($ref: ResourceRef!) { resource(ref: $ref) { ${resourceFields}
  report(limit: 1000) { cluster state reportedAt objects { object state code message owner } fields { path level how }
    findings { code path reason remedy } conflicts { path with } } } }`;

export function addDescribe(program: Command): void {
  program
    .command("describe <type> [names...]")
    .description(
      "all about resources or clusters: spec, conditions, and per cluster the objects and how each field landed",
    )
    .action(async (type: string, names: readonly string[], _: unknown, command: Command) => {
      const { api, workspace } = await openSession(command);
      const named = resourceNames(type, names);
      if (named.some((entry) => entry.names.length === 0))
        throw new CliError("say which: describe KIND NAME…");
      for (const { kind, names: wanted, workspaced, discovered } of named)
        for (const name of wanted) {
          if (kind === "Cluster") print(await describeCluster(api, name));
          else if (discovered)
            throw new CliError(
              `${kind} is discovered: \`heddle get ${kind.toLowerCase()} ${name} -o yaml\` shows it`,
            );
          else print(await describeResource(api, kind, workspaced ? workspace : "default", name));
        }
    });
}

async function describeResource(
  api: ApiClient,
  kind: string,
  workspace: string,
  name: string,
): Promise<string> {
  const { resource } = await api.query<{
    resource: (ListedResource & { report: readonly ClusterReport[] }) | null;
  }>(query, { ref: { kind, workspace, name } });
  if (resource === null)
    throw new CliError(
      `${kind.toLowerCase()}/${name} is not there in workspace ${workspace}: \`heddle get ${kind.toLowerCase()} -A\` lists what is`,
    );
  const { manifest, status, report } = resource;
  const { metadata } = manifest;
  const head = [
    ["Name:", name],
    ["Workspace:", workspace],
    ["Kind:", kind],
    ["Generation:", String(metadata.generation)],
    [
      "Labels:",
      Object.entries(metadata.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(",") || "<none>",
    ],
    ["Created:", `${metadata.creationTimestamp} (${age(metadata.creationTimestamp)} ago)`],
  ];
  const conditions = status.conditions.map(({ type, status: holds, reason, message }) => [
    `  ${type}`,
    holds,
    reason,
    message,
  ]);
  return [
    table(["", ""], head, { header: false }),
    `Spec:\n${indent(stringify(manifest.spec))}`,
    `Conditions:\n${table(["  TYPE", "STATUS", "REASON", "MESSAGE"], conditions)}`,
    `Clusters:${report.length === 0 ? " <none>\n" : "\n"}`,
    ...report.map(clusterLines),
  ].join("");
}

function clusterLines({
  cluster,
  state,
  reportedAt,
  objects,
  fields,
  findings,
  conflicts,
}: ClusterReport): string {
  const lines = [`  ${cluster}: ${state}${reportedAt === null ? "" : ` (${age(reportedAt)} ago)`}`];
  for (const { object, state: objectState, code, message, owner } of objects) {
    const [, kind, namespace, name] = object.split("|");
    lines.push(
      `    ${objectState === "applied" ? "✓" : objectState === "pending" ? "…" : "✗"} ${kind} ${namespace ? `${namespace}/` : ""}${name}${code === null ? "" : `: ${code}: ${message}${owner === null ? "" : ` (held by ${owner})`}`}`,
    );
  }
  for (const { path, level, how } of fields)
    lines.push(`    ${level === "approximated" ? "≈" : "–"} ${path}: ${level}: ${how}`);
  for (const { code, path, reason, remedy } of findings)
    lines.push(`    ! ${path}: ${reason} [${code}]`, `      ${remedy}`);
  for (const { path, with: other } of conflicts)
    lines.push(`    ! ${path}: conflicts with ${other}; the one accepted first holds`);
  return `${lines.join("\n")}\n`;
}

/** @throws CliError when it is not there */
export async function describeCluster(api: ApiClient, name: string): Promise<string> {
  const cluster = (await listClusters(api)).find((candidate) => candidate.name === name);
  if (cluster === undefined)
    throw new CliError(`cluster/${name} is not there: \`heddle get clusters\` lists what is`);
  const { status } = cluster;
  const head = [
    ["Name:", name],
    ["Status:", clusterState(cluster)],
    ["UID:", cluster.uid ?? "<not enrolled>"],
    [
      "Labels:",
      Object.entries(cluster.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(",") || "<none>",
    ],
    ["Region:", cluster.region ?? "<none>"],
    ["Network:", cluster.network ?? "<none>"],
    ["Kubernetes:", status.kubernetesVersion ?? "<unknown>"],
    ["Agent:", status.agentVersion ?? "<unknown>"],
    ["Certificate until:", status.certificateNotAfter ?? "<none>"],
    ["Last seen:", status.lastSeenAt === null ? "<never>" : `${age(status.lastSeenAt)} ago`],
    ["Desired revision:", String(status.desiredRevision ?? "-")],
    ["Applied revision:", String(status.appliedRevision ?? "-")],
    ["Workloads:", String(cluster.workloads)],
    ["Destinations:", String(cluster.destinations)],
    ["Objects:", String(cluster.objects)],
    [
      "Meshes:",
      cluster.meshes
        .map(({ name: mesh, dialect, version }) => `${mesh} (${dialect} ${version})`)
        .join(", ") || "<none>",
    ],
  ];
  const problems = cluster.problems.map(
    ({ object, code, message, owner }) =>
      `  ${object.split("|").slice(1).join(" ")}: ${code}: ${message}${owner === null ? "" : ` (held by ${owner})`}\n`,
  );
  return `${table(["", ""], head, { header: false })}Problems:${problems.length === 0 ? " <none>\n" : `\n${problems.join("")}`}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
