import type { Severity } from "../finding.ts";

/** What is always true of a finding code, whoever reports it. */
export interface CatalogueEntry {
  readonly severity: Severity;
  /** A few words, for lists. */
  readonly title: string;
  /** Why it is reported and what happens because of it. */
  readonly explanation: string;
  /** What to do about it, when the finding itself knows nothing better. */
  readonly remedy: string;
}
