import type { ResourceOf, RouteMatch } from "@heddle/api";
import type { Provenance } from "../provenance.ts";
import type { UnitFinding } from "../translation/contribution.ts";
import { intersectMatches } from "./match-intersection.ts";

/** A match, and all the matches that it was made of. */
export interface Alternative {
  readonly match: RouteMatch;
  readonly from: readonly Provenance[];
}

type Rule = ResourceOf<"RouteTable">["spec"]["rules"][number];

/**
 * A rule's alternatives within those that were handed down to its table; undefined takes every request, an empty list none. What cannot
 * be joined is left out and told.
 */
export function delegatedAlternatives(
  handed: readonly Alternative[] | undefined,
  rule: Rule,
  from: Provenance,
): { readonly alternatives: readonly Alternative[] | undefined; readonly unjoined: readonly UnitFinding[] } {
  const own = rule.match?.map(
    (match, index): Alternative => ({ match, from: [{ ...from, path: `${from.path}.match[${index}]` }] }),
  );
  if (handed === undefined || own === undefined) return { alternatives: own ?? handed, unjoined: [] };
  const joined: Alternative[] = [];
  const unjoined: UnitFinding[] = [];
  for (const inner of own) {
    const both = handed.map((outer) => ({ outer, match: intersectMatches(outer.match, inner.match) }));
    const said = both.flatMap(({ outer, match }) =>
      match === undefined || match === "unsayable" || movesPrefix(rule, match, inner.match)
        ? []
        : [{ match, from: [...outer.from, ...inner.from] }],
    );
    joined.push(...said);
    if (said.length < both.filter(({ match }) => match !== undefined).length)
      unjoined.push(
        unjoinedAt(inner.from[0] ?? from, "its path cannot be joined with the one that is delegated"),
      );
    else if (said.length === 0)
      unjoined.push(unjoinedAt(inner.from[0] ?? from, "nothing that is delegated here matches it"));
  }
  return { alternatives: joined, unjoined };
}

/** A replaced prefix is the one that the rule wrote; a longer one, which was delegated, would be replaced instead. */
function movesPrefix({ rewrite, redirect }: Rule, joined: RouteMatch, own: RouteMatch): boolean {
  if (rewrite?.prefix === undefined && redirect?.prefix === undefined) return false;
  return JSON.stringify(joined.path) !== JSON.stringify(own.path);
}

function unjoinedAt(at: Provenance, reason: string): UnitFinding {
  return {
    ...at,
    code: "DELEGATED_MATCH",
    reason,
    remedy:
      "write a path within the delegated one; a regular expression can only be joined with an exact path",
  };
}
