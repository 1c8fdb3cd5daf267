import type { Source } from "@heddle/api";
import { byAge } from "../world/age.ts";
import type { Bearing } from "../world/bearing.ts";

/** How narrowly sources are named; lower is narrower. No sources at all means every client. */
export function sourceNarrowness(sources: readonly Source[] | undefined): number {
  if (sources === undefined) return 3;
  const rank = (source: Source) =>
    source.serviceAccounts !== undefined ? 0 : source.labels !== undefined ? 1 : 2;
  return Math.min(...sources.map(rank));
}

/**
 * Order in which policies on one unit are heard (SEMANTICS, "Traffic", rule 1): consumer before producer, narrow target before wide,
 * narrow sources before wide, the older accepted, the name. Total, so that the order never depends on how the list was made.
 */
export function byRank(a: Bearing, b: Bearing): number {
  if (a.standing !== b.standing) return a.standing === "consumer" ? -1 : 1;
  if (a.narrowness !== b.narrowness) return a.narrowness - b.narrowness;
  const [x, y] = [sourceNarrowness(sourcesOf(a)), sourceNarrowness(sourcesOf(b))];
  return x !== y ? x - y : byAge(a.policy, b.policy);
}

/** True when only age decides between the two: rule 5, the younger is in conflict if it says something different. */
export function equalRank(a: Bearing, b: Bearing): boolean {
  return (
    a.standing === b.standing &&
    a.narrowness === b.narrowness &&
    sourceNarrowness(sourcesOf(a)) === sourceNarrowness(sourcesOf(b))
  );
}

export function sourcesOf(bearing: Bearing): readonly Source[] | undefined {
  return "sources" in bearing.policy.spec ? bearing.policy.spec.sources : undefined;
}
