import type { Finding, Origin } from "./finding.ts";
import { finding } from "./finding-catalogue.ts";
import { FindingList } from "./manifest/finding-list.ts";
import { copyJson, type Problem } from "./manifest/json-value.ts";
import { defaultLimits, type ReadLimits } from "./manifest/limits.ts";
import {
  type Locate,
  type Manifest,
  type ValidationResult,
  validateValue,
} from "./manifest/validate-value.ts";
import { type YamlDocument, yamlDocuments } from "./manifest/yaml-documents.ts";
import { resourceKey } from "./resource-key.ts";

export interface ManifestFile {
  /** Name that findings show. */
  readonly file: string;
  /** YAML or JSON; bytes must be UTF-8. */
  readonly text: string | Uint8Array;
}

export interface ParsedManifests {
  /** Those without errors, in the order of the input. */
  readonly manifests: readonly Manifest[];
  /** All that is wrong, with file, document, line and column. */
  readonly findings: readonly Finding[];
}

/**
 * Reads manifests from files of YAML or JSON, several documents each. Every mistake of every document is told; documents without errors are
 * returned whatever else the input holds. Never throws: hostile input is bounded by `limits`.
 */
export function parseManifests(
  files: readonly ManifestFile[],
  limits: Partial<ReadLimits> = {},
): ParsedManifests {
  const bounds = { ...defaultLimits, ...limits };
  const findings = new FindingList(bounds.findings);
  const manifests: Manifest[] = [];
  const seen = new Map<string, Origin | undefined>();
  for (const { file, text } of files)
    for (const result of parseFile(file, text, bounds)) {
      findings.add(result.findings);
      if (result.manifest === undefined) continue;
      const key = resourceKey(result.manifest);
      const before = seen.get(key);
      if (before !== undefined) findings.add([duplicate(key, result.manifest.origin, before)]);
      else {
        seen.set(key, result.manifest.origin);
        manifests.push(result.manifest);
      }
    }
  return { manifests, findings: findings.toArray() };
}

/** Validates one manifest that is JSON already, such as the input of an API. Never throws. */
export function validateManifest(input: unknown, limits: Partial<ReadLimits> = {}): ValidationResult {
  const bounds = { ...defaultLimits, ...limits };
  const findings = new FindingList(bounds.findings);
  let broken = false;
  const value = copyJson(input, bounds, (problem) => {
    broken = true;
    findings.add([finding(problem.code, problem)]);
  });
  if (broken) return { findings: findings.toArray() };
  const result = validateValue(value);
  findings.add(result.findings);
  return { ...result, findings: findings.toArray() };
}

function* parseFile(
  file: string,
  input: string | Uint8Array,
  limits: ReadLimits,
): Generator<ValidationResult> {
  const whole: Origin = { file, document: 0, line: 1, column: 1 };
  const refused = (
    code: "INPUT_TOO_LARGE" | "NOT_TEXT" | "TOO_MANY_DOCUMENTS",
    reason: string,
    origin = whole,
  ) => ({
    findings: [finding(code, { path: "", reason, origin })],
  });
  if (input.length > limits.fileSize) {
    yield refused("INPUT_TOO_LARGE", `it is larger than ${limits.fileSize} bytes`);
    return;
  }
  const text = decode(input);
  if (typeof text !== "string") {
    yield refused("NOT_TEXT", text.reason);
    return;
  }
  let left = limits.documents;
  for (const document of yamlDocuments(file, text, limits))
    for (const result of readResources(document)) {
      if (left-- === 0) {
        yield refused(
          "TOO_MANY_DOCUMENTS",
          `there are more than ${limits.documents}`,
          document.locate({ path: [] }),
        );
        return;
      }
      yield result;
    }
}

/** Control characters that YAML does not allow in text (YAML 1.2.2 §5.1), as far as they harm. */
const CONTROL = /[^\P{Cc}\t\n\r\u0085]/u;

function decode(input: string | Uint8Array): string | { readonly reason: string } {
  try {
    const text = typeof input === "string" ? input : new TextDecoder("utf-8", { fatal: true }).decode(input);
    const control = CONTROL.exec(text);
    if (control === null) return text;
    const byte = control[0].charCodeAt(0).toString(16).padStart(2, "0");
    return { reason: `there is a control character (0x${byte}) at offset ${control.index}` };
  } catch {
    return { reason: "its bytes are not UTF-8" };
  }
}

/** What a document says of itself, then its resource, or the resources of its list (`kind: List`, as kubectl writes it). */
function* readResources(document: YamlDocument): Generator<ValidationResult> {
  const findings = document.problems.map((problem) => locatedFinding(problem, document.locate));
  const items = listItems(document.value);
  const readable = document.value !== undefined && !findings.some((one) => one.severity === "error");
  if (!readable || items !== undefined) yield { findings };
  if (!readable) return;
  if (items === undefined) {
    const result = validateValue(document.value, document.locate);
    yield { ...result, findings: [...findings, ...result.findings] };
    return;
  }
  for (const [index, item] of items.entries()) {
    const locate: Locate = (problem) =>
      document.locate({ ...problem, path: ["items", index, ...problem.path] });
    const result = validateValue(item, locate);
    yield { ...result, findings: result.findings.map((one) => withinItem(one, index)) };
  }
}

function listItems(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value) || value.kind !== "List")
    return undefined;
  return "items" in value && Array.isArray(value.items) ? value.items : [];
}

function withinItem(one: Finding, index: number): Finding {
  const prefix = `items[${index}]`;
  return { ...one, path: one.path === "" ? prefix : `${prefix}.${one.path}` };
}

function locatedFinding(problem: Problem, locate: YamlDocument["locate"]): Finding {
  return finding(problem.code, { ...problem, origin: locate(problem) });
}

function duplicate(key: string, origin: Origin | undefined, before: Origin): Finding {
  const where = `${before.file}, document ${before.document}, line ${before.line}`;
  return finding("DUPLICATE_RESOURCE", {
    path: "metadata.name",
    reason: `${key} is there already (${where})`,
    origin,
    resource: key,
  });
}
