/** How much one input may be. What is larger is refused with a finding, never read halfway without saying so. */
export interface ReadLimits {
  /** Bytes of one file (UTF-16 units for text that is already decoded). */
  readonly fileSize: number;
  /** YAML documents in one file, and items in all its lists. */
  readonly documents: number;
  /** Lexical parts of one document, which is what memory grows with; a million are about 4 MiB of ordinary YAML. */
  readonly tokens: number;
  /** Maps and lists within each other. */
  readonly depth: number;
  /** Values that aliases may repeat in one document. */
  readonly aliasedValues: number;
  /** Values in one input of the API; files are bounded by their size. */
  readonly values: number;
  /** Findings that are listed for one input. */
  readonly findings: number;
}

export const defaultLimits: ReadLimits = {
  fileSize: 16 * 1024 * 1024,
  documents: 10_000,
  tokens: 1_000_000,
  depth: 64,
  aliasedValues: 10_000,
  values: 1_000_000,
  findings: 1_000,
};
