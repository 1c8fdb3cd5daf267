import type { Sourced } from "../provenance.ts";
import type { TargetLevel } from "../selecting/target-match.ts";
import type { FieldConflict } from "./effective-traffic.ts";

/** A value with the level of the world that it was said for. */
export interface LevelledValue<T> extends Sourced<T> {
  readonly level: TargetLevel;
}

/** Narrower levels first (SEMANTICS, "Authentication"). */
export const LEVEL_ORDER: Readonly<Record<TargetLevel, number>> = {
  workload: 0,
  destination: 0,
  namespace: 1,
  mesh: 2,
};

/**
 * The one of two values that holds: of the narrower level, the stricter (lower in `strictness`) on a tie. A tie of different values is
 * a conflict. Within one level narrower targets do not matter: security never hangs on names.
 */
export function prefer<T extends string>(
  current: LevelledValue<T> | undefined,
  candidate: LevelledValue<T>,
  strictness: Readonly<Record<T, number>>,
  conflicts: FieldConflict[],
): LevelledValue<T> {
  if (current === undefined) return candidate;
  const level = LEVEL_ORDER[current.level] - LEVEL_ORDER[candidate.level];
  if (level !== 0) return level < 0 ? current : candidate;
  const stricter = strictness[candidate.value] < strictness[current.value] ? candidate : current;
  if (current.value !== candidate.value)
    conflicts.push({ winner: stricter.from, loser: (stricter === current ? candidate : current).from });
  return stricter;
}
