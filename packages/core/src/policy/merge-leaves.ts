import { canonicalJson } from "../canonical-json.ts";
import type { Provenance, Sourced } from "../provenance.ts";
import type { Bearing } from "../world/bearing.ts";
import type { FieldConflict } from "./effective-traffic.ts";
import { equalRank } from "./rank.ts";

/** What several policies come to, and which of them said each leaf of it. */
export interface MergedLeaves<T> {
  readonly settings: T;
  /** By field, e.g. `connectionPool.tcp.maxConnections`. */
  readonly sources: ReadonlyMap<string, Provenance>;
}

interface Holder extends Sourced<unknown> {
  readonly bearing: Bearing;
}

/**
 * Each leaf comes from the first policy in rank that says it, or something above or below it (SEMANTICS, "Traffic", rules 1, 3 and 5).
 * Of two of equal rank that differ, the younger is noted in `conflicts`, by a key of its own.
 */
export function mergeLeaves<B extends Bearing, T>(
  ranked: readonly B[],
  leavesOf: (bearing: B) => Iterable<readonly [string, unknown]>,
  conflicts: Map<string, FieldConflict>,
): MergedLeaves<T> {
  const holders = new Map<string, Holder>();
  for (const bearing of ranked)
    for (const [field, value] of leavesOf(bearing)) {
      const from = { resource: bearing.key, path: `spec.${field}` };
      const holder = [...holders].find(([held]) => overlaps(held, field))?.[1];
      if (holder === undefined) holders.set(field, { value, from, bearing });
      else if (
        equalRank(holder.bearing, bearing) &&
        (holder.from.path !== from.path || canonicalJson(holder.value) !== canonicalJson(value))
      )
        conflicts.set(`${holder.from.resource} ${bearing.key} ${field}`, {
          winner: holder.from,
          loser: from,
        });
    }
  const settings: Record<string, unknown> = {};
  for (const [field, { value }] of holders) put(settings, field.split("."), value);
  return {
    settings: settings as T,
    sources: new Map([...holders].map(([field, { from }]) => [field, from])),
  };
}

/** One is the other, or stands above it: `outlierDetection: false` and `outlierDetection.interval` exclude each other. */
export function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** Leaves of a map by field; a list is one, and so is what is taken whole. */
export function* leavesIn(
  value: unknown,
  isWhole: (field: string) => boolean,
  field = "",
): Iterable<readonly [string, unknown]> {
  const isMap = value !== null && typeof value === "object" && !Array.isArray(value);
  if (!isMap || isWhole(field)) yield [field, value];
  else
    for (const [key, item] of Object.entries(value))
      yield* leavesIn(item, isWhole, field === "" ? key : `${field}.${key}`);
}

function put(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = "", ...rest] = path;
  if (rest.length === 0) target[first] = value;
  else {
    const below = (target[first] ?? {}) as Record<string, unknown>;
    target[first] = below;
    put(below, rest, value);
  }
}
