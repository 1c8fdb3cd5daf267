import { type Finding, kindByName, type Manifest, validateManifest } from "@heddle/api";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { ApiClient } from "../client/api-client.ts";
import { durationOption } from "../input/option-values.ts";
import { readManifests, warn } from "../input/read-manifests.ts";
import { findingLines } from "../output/finding-lines.ts";
import { openSession, print } from "../session.ts";
import { waitForClusters } from "../wait-for-clusters.ts";

interface Outcome {
  readonly key: string;
  readonly outcome: string;
}
interface EditResult {
  readonly revision: number | null;
  readonly written: boolean;
  readonly outcomes: readonly Outcome[];
  readonly findings: readonly (Finding & { readonly index: number | null })[];
}

const mutation = `mutation Apply($manifests: [JSON!]!, $dryRun: Boolean, $message: String) {
  apply(manifests: $manifests, dryRun: $dryRun, message: $message) {
    revision written outcomes { key outcome } findings { code severity path reason remedy resource index }
  }
}`;

export interface ApplyOptions {
  readonly filename: readonly string[];
  readonly recursive?: boolean;
  readonly dryRun?: boolean;
  readonly message?: string;
  readonly wait?: boolean;
  readonly timeout: string;
}

export function addApply(program: Command): void {
  program
    .command("apply")
    .description("create or change resources from manifests; all of them or none")
    .requiredOption("-f, --filename <path...>", "file, folder or - for standard input; may be repeated")
    .option("-R, --recursive", "folders within folders, too")
    .option("--dry-run", "check and compare, write nothing")
    .option("-m, --message <text>", "why; kept in the history")
    .option("--wait", "until every cluster that it concerns has answered")
    .option("--timeout <duration>", "how long to wait, e.g. 30s or 2m", durationOption, "1m")
    .action(async (options: ApplyOptions, command: Command) => {
      const { api, workspace } = await openSession(command);
      const manifests = await readManifests(options.filename, options.recursive ?? false);
      const result = await applyManifests(api, inWorkspace(manifests, workspace), options);
      for (const { key, outcome } of result.outcomes)
        print(
          `${shortKey(key)} ${outcome === "updated" ? "configured" : outcome}${options.dryRun ? " (dry run)" : ""}\n`,
        );
      if (options.wait && !options.dryRun)
        await waitForClusters(
          api,
          result.outcomes.map(({ key }) => key),
          options.timeout,
        );
    });
}

/** @throws CliError that lists every error; nothing was written then */
async function applyManifests(
  api: ApiClient,
  manifests: readonly Manifest[],
  options: ApplyOptions,
): Promise<EditResult> {
  const { apply } = await api.query<{ apply: EditResult }>(mutation, {
    manifests: manifests.map(({ origin: _, ...manifest }) => manifest),
    dryRun: options.dryRun ?? false,
    message: options.message ?? "",
  });
  const located = withOrigins(apply.findings, manifests);
  const errors = located.filter(({ severity }) => severity === "error");
  warn(located.filter(({ severity }) => severity !== "error"));
  if (errors.length > 0) throw new CliError(`${errors.map(findingLines).join("")}nothing was applied`);
  return apply;
}

/** What the server found, with the file and line of the manifest it speaks of; without what was told when the manifests were read. */
export function withOrigins(
  findings: readonly (Finding & { readonly index: number | null })[],
  manifests: readonly Manifest[],
): Finding[] {
  return findings.flatMap(({ index, ...finding }) => {
    const manifest = index === null ? undefined : manifests[index];
    if (manifest === undefined) return finding;
    const { origin, ...written } = manifest;
    const told = validateManifest(written).findings;
    if (told.some(({ code, path }) => code === finding.code && path === finding.path)) return [];
    return { ...finding, ...(origin && { origin }) };
  });
}

/** Manifests that name no workspace go to the one of `--workspace`. */
export function inWorkspace(manifests: readonly Manifest[], workspace: string): readonly Manifest[] {
  return manifests.map((manifest) =>
    manifest.metadata.workspace === "default" && kindByName(manifest.kind)?.workspaced
      ? ({ ...manifest, metadata: { ...manifest.metadata, workspace } } as Manifest)
      : manifest,
  );
}

/** `TrafficPolicy/default/reviews` → `trafficpolicy/reviews`, with the workspace where it is another. */
export function shortKey(key: string): string {
  const [kind = "", workspace = "", name = ""] = key.split("/");
  return `${kind.toLowerCase()}/${name}${workspace === "default" ? "" : ` (workspace ${workspace})`}`;
}
