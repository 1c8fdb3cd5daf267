import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Finding, type Manifest, type ManifestFile, parseManifests } from "@heddle/api";
import { CliError } from "../cli-error.ts";
import { findingLines } from "../output/finding-lines.ts";

const manifestName = /\.(ya?ml|json)$/i;

/**
 * Reads manifests from files, folders and `-` (standard input). All of them are checked; with an error in one nothing is returned.
 * Warnings go to stderr. @throws CliError that lists every error with file, line, reason and remedy
 */
export async function readManifests(
  paths: readonly string[],
  recursive: boolean,
): Promise<readonly Manifest[]> {
  const files = (await Promise.all(paths.map((path) => filesAt(path, recursive)))).flat();
  if (files.length === 0)
    throw new CliError(`no manifests (*.yaml, *.yml, *.json) found in ${paths.join(", ")}`);
  const { manifests, findings } = parseManifests(files);
  const errors = findings.filter(({ severity }) => severity === "error");
  warn(findings.filter(({ severity }) => severity !== "error"));
  if (errors.length > 0)
    throw new CliError(
      `${errors.map(findingLines).join("")}${errors.length} ${errors.length === 1 ? "error" : "errors"}: nothing was applied`,
    );
  if (manifests.length === 0) throw new CliError(`there is no resource in ${paths.join(", ")}`);
  return manifests;
}

export function warn(findings: readonly Finding[]): void {
  for (const finding of findings) process.stderr.write(findingLines(finding));
}

async function filesAt(path: string, recursive: boolean): Promise<ManifestFile[]> {
  if (path === "-") return [{ file: "<stdin>", text: await readStdin() }];
  try {
    if (!(await stat(path)).isDirectory()) return [{ file: path, text: await readFile(path) }];
    const entries = await readdir(path, { withFileTypes: true });
    const found = await Promise.all(
      entries
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(async (entry): Promise<ManifestFile[]> => {
          const at = join(path, entry.name);
          if (entry.isDirectory()) return recursive ? filesAt(at, true) : [];
          return manifestName.test(entry.name) ? [{ file: at, text: await readFile(at) }] : [];
        }),
    );
    return found.flat();
  } catch (cause) {
    throw new CliError(
      `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      1,
      { cause },
    );
  }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
