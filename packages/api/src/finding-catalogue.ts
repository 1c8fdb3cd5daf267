import type { Finding, Origin, PathSegment, Severity } from "./finding.ts";
import { formatPath } from "./finding.ts";
import { documentFindings } from "./findings/document-findings.ts";
import type { CatalogueEntry } from "./findings/entry.ts";
import { specFindings } from "./findings/spec-findings.ts";
import { translationFindings } from "./findings/translation-findings.ts";
import { worldFindings } from "./findings/world-findings.ts";

/** The stages a resource goes through, in order, with the codes each can report. */
export const findingStages = [
  { title: "Reading documents", codes: documentFindings },
  { title: "Checking one resource", codes: specFindings },
  { title: "Looking at the world", codes: worldFindings },
  { title: "Translating for a mesh", codes: translationFindings },
] as const;

/** Every code a finding can have. Codes are stable: they are never renamed, and never used again for something else. */
export const findingCatalogue = {
  ...documentFindings,
  ...specFindings,
  ...worldFindings,
  ...translationFindings,
} as const satisfies Record<string, CatalogueEntry>;

export type FindingCode = keyof typeof findingCatalogue;

export interface FindingDetails {
  readonly path: string | readonly PathSegment[];
  readonly reason: string;
  /** The catalogue's remedy unless given. */
  readonly remedy?: string | undefined;
  /** The catalogue's severity unless given. */
  readonly severity?: Severity | undefined;
  readonly origin?: Origin | undefined;
  readonly resource?: string | undefined;
}

/** Makes a finding; what it leaves unsaid comes from the catalogue. */
export function finding(code: FindingCode, details: FindingDetails): Finding {
  const entry: CatalogueEntry = findingCatalogue[code];
  return {
    code,
    severity: details.severity ?? entry.severity,
    path: typeof details.path === "string" ? details.path : formatPath(details.path),
    reason: details.reason,
    remedy: details.remedy ?? entry.remedy,
    ...(details.origin !== undefined && { origin: details.origin }),
    ...(details.resource !== undefined && { resource: details.resource }),
  };
}
