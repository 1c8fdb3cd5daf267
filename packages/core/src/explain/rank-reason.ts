import { byRank, sourceNarrowness, sourcesOf } from "../policy/rank.ts";
import { narrowness } from "../selecting/target-match.ts";
import type { Bearing } from "../world/bearing.ts";
import type { RankedPolicy } from "./explanation.ts";

const named: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(narrowness).map(([name, rank]) => [
    rank,
    name === "everything" ? "with everything" : `by ${name}`,
  ]),
);

/** By `sourceNarrowness`. */
const clients = ["by service account", "by label", "by place", "not at all"] as const;

/** Where a policy stands, in one line (SEMANTICS, "Traffic", rule 1). */
export function standingOf(bearing: Bearing): string {
  const sources = sourceNarrowness(sourcesOf(bearing));
  return [
    bearing.standing === "consumer" ? "consumer" : "producer",
    `names the target ${named[bearing.narrowness]}`,
    ...(bearing.ports === undefined ? [] : [`port ${bearing.ports.join(", ")}`]),
    sources === 3 ? "every client" : `clients ${clients[sources]}`,
    `accepted ${bearing.policy.metadata.creationTimestamp}`,
  ].join(", ");
}

/** Why the first of two policies is heard before the second: the first difference that rank looks at. */
export function whyBefore(a: Bearing, b: Bearing): string {
  if (a.standing !== b.standing) return "a consumer's policy is heard before the producer's";
  if (a.narrowness !== b.narrowness)
    return `it names the target more narrowly (${named[a.narrowness]}, not ${named[b.narrowness]})`;
  const [x, y] = [a, b].map((bearing) => sourceNarrowness(sourcesOf(bearing)));
  if (x !== y) return `it names its clients more narrowly (${clients[x ?? 3]}, not ${clients[y ?? 3]})`;
  if (a.policy.metadata.creationTimestamp !== b.policy.metadata.creationTimestamp)
    return "it was accepted earlier";
  return "both were accepted at once, and its name comes first";
}

/** Policies by kind, each kind in rank order. */
export function rankedPolicies(bearings: readonly Bearing[]): RankedPolicy[] {
  const kinds = [...Map.groupBy(bearings, ({ policy }) => policy.kind)].sort(([a], [b]) => (a < b ? -1 : 1));
  return kinds.flatMap(([kind, unranked]) => {
    const ranked = [...unranked].sort(byRank);
    const ordered = !unordered.has(kind);
    return ranked.map((bearing, index): RankedPolicy => {
      const next = ranked[index + 1];
      return {
        resource: bearing.key,
        rank: ordered ? index + 1 : undefined,
        reason: standingOf(bearing),
        before: next === undefined || !ordered ? undefined : whyBefore(bearing, next),
      };
    });
  });
}

/** Kinds whose policies all count, or count by level and strictness: rank decides nothing there. */
const unordered: ReadonlySet<string> = new Set([
  "AccessPolicy",
  "AuthenticationPolicy",
  "EgressPolicy",
  "ExtensionPolicy",
]);
