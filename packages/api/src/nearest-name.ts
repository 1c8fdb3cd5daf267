/** Longer names are never compared: what people misspell is short, and hostile input is long. */
const LONGEST = 64;

/**
 * The candidate that was probably meant by `name`: the same without regard to case, or the nearest by edits, at most a third of its length.
 * Undefined when none is near.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length === 0 || name.length > LONGEST) return undefined;
  const wanted = name.toLowerCase();
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const folded = candidate.toLowerCase();
    if (folded === wanted) return candidate;
    if (folded.length > LONGEST || Math.abs(folded.length - wanted.length) >= least) continue;
    const distance = editDistance(wanted, folded);
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

/** The end of a sentence about a name that there is not. */
export function didYouMean(nearest: string | undefined): string {
  return nearest === undefined ? "" : `; did you mean ${nearest}?`;
}

/**
 * Damerau-Levenshtein distance (optimal string alignment): inserts, deletes, replacements and exchanges of neighbours that turn one text
 * into the other. Takes time proportional to the product of the lengths.
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const exchanged = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          row > 1 && column > 1 && exchanged ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] ?? 0;
}
