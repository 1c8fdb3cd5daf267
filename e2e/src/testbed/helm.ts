import { fileURLToPath } from "node:url";
import { parseAllDocuments, stringify } from "yaml";
import { ensureBinaries } from "./binaries.ts";
import { type CommandResult, runCommand } from "./kubectl.ts";

/** The chart of this repository with that name. */
export function chartFolder(name: "heddle" | "heddle-agent"): string {
  return fileURLToPath(new URL(`../../../deploy/charts/${name}`, import.meta.url));
}

/** Runs helm to its end; no cluster is needed for `lint` and `template`. Values are given on standard input. */
export async function helm(args: readonly string[], values: object = {}): Promise<CommandResult> {
  const { helm: binary } = await ensureBinaries();
  return runCommand(binary, [...args, "--values", "-"], stringify(values));
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** The objects that a chart makes. @throws when helm refuses, with what it said. */
export async function renderChart(
  name: "heddle" | "heddle-agent",
  options: { namespace: string; values?: object },
): Promise<Manifest[]> {
  const args = [
    "template",
    name,
    chartFolder(name),
    "--namespace",
    options.namespace,
    "--kube-version",
    "1.36.0",
  ];
  const { code, stdout, stderr } = await helm(args, options.values);
  if (code !== 0) throw new Error(`helm ${args.join(" ")} failed (${code}): ${stderr}`);
  return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}
