import { canonicalJson } from "../canonical-json.ts";
import { equalRank } from "../policy/rank.ts";
import type { Provenance } from "../provenance.ts";
import type { Bearing } from "../world/bearing.ts";
import type { ExplainedField, LostField } from "./explanation.ts";
import { whyBefore } from "./rank-reason.ts";

/** One who says something of a field. */
export interface Claim {
  readonly bearing: Bearing;
  readonly value: unknown;
  readonly from: Provenance;
}

/** A field with the claim that holds, against all the others in rank order; a rule's own value holds whatever policies say. */
export function contested(
  field: string,
  held: { readonly value: unknown; readonly from: Provenance },
  claims: readonly Claim[],
): ExplainedField {
  const holder = claims.find(({ from }) => sameSource(from, held.from));
  const lost = claims
    .filter((claim) => claim !== holder)
    .map(({ bearing, value, from }): LostField => {
      const differs = canonicalJson(value) !== canonicalJson(held.value);
      const conflicted = holder !== undefined && differs && equalRank(holder.bearing, bearing);
      const why =
        holder === undefined
          ? `${held.from.resource} says it in the rule itself`
          : `${held.from.resource} is heard first: ${whyBefore(holder.bearing, bearing)}`;
      return {
        ...from,
        value,
        outcome: conflicted ? "conflicted" : "overridden",
        why: differs ? why : `it says the same; ${why}`,
      };
    });
  return { field, value: held.value, from: [held.from], lost };
}

function sameSource(a: Provenance, b: Provenance): boolean {
  return a.resource === b.resource && a.path === b.path;
}
