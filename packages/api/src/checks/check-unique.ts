import type { Report } from "../define-kind.ts";
import type { PathSegment } from "../finding.ts";
import type { FindingCode } from "../finding-catalogue.ts";

/**
 * Reports each entry of a list whose key another entry had before. `key` gives undefined for entries that need none.
 * `field` is the field of the entry that the finding points at, when there is one.
 */
export function checkUnique<T>(
  entries: readonly T[] | undefined,
  at: readonly PathSegment[],
  key: (entry: T) => string | number | undefined,
  report: Report,
  { field, code = "DUPLICATE_NAME" }: { readonly field?: string; readonly code?: FindingCode } = {},
): void {
  const first = new Map<string | number, number>();
  entries?.forEach((entry, index) => {
    const name = key(entry);
    if (name === undefined) return;
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    else
      report({
        code,
        path: field === undefined ? [...at, index] : [...at, index, field],
        reason: `${name} is the same as in entry ${before}`,
      });
  });
}
