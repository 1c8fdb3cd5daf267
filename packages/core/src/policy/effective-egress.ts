import type { EgressPolicySpec, Reachable, ResourceOf } from "@heddle/api";
import type { Provenance, Sourced } from "../provenance.ts";
import type { TargetLevel } from "../selecting/target-match.ts";
import type { Bearing } from "../world/bearing.ts";
import type { FieldConflict } from "./effective-traffic.ts";
import { type LevelledValue, prefer } from "./levelled.ts";

type Outbound = NonNullable<EgressPolicySpec["outbound"]>;

export interface EffectiveEgress {
  /** Levels at which something is said; a mesh whose objects replace each other writes one at each of them. */
  readonly levels: ReadonlySet<TargetLevel>;
  readonly outbound: LevelledValue<Outbound> | undefined;
  /** What all policies list together; undefined when none lists anything, which means everything. */
  readonly reachable: readonly Sourced<Reachable>[] | undefined;
  /** The lists that `reachable` is made of, also those that are empty. */
  readonly limitedBy: readonly Provenance[];
  readonly conflicts: readonly FieldConflict[];
}

const STRICTNESS: Readonly<Record<Outbound, number>> = { registryOnly: 0, allowAny: 1 };

/**
 * What clients may call, of every level that holds for them: `outbound` of the narrowest level, the stricter on a tie; `reachable`
 * adds up. Counts only from the workspace that owns the clients, or from the administrator's.
 */
export function effectiveEgress(
  bearings: readonly Bearing<ResourceOf<"EgressPolicy">>[],
): EffectiveEgress | undefined {
  const counting = bearings
    .filter((bearing) => bearing.standing === "owner")
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  if (counting.length === 0) return undefined;
  const conflicts: FieldConflict[] = [];
  let outbound: LevelledValue<Outbound> | undefined;
  const reachable: Sourced<Reachable>[] = [];
  for (const { policy, key, level } of counting) {
    const { spec } = policy;
    if (spec.outbound !== undefined)
      outbound = prefer(
        outbound,
        { value: spec.outbound, level, from: { resource: key, path: "spec.outbound" } },
        STRICTNESS,
        conflicts,
      );
    spec.reachable?.forEach((value, index) => {
      reachable.push({ value, from: { resource: key, path: `spec.reachable[${index}]` } });
    });
  }
  const limitedBy = counting
    .filter(({ policy }) => policy.spec.reachable !== undefined)
    .map(({ key }) => ({ resource: key, path: "spec.reachable" }));
  return {
    levels: new Set(counting.map(({ level }) => level)),
    outbound,
    reachable: limitedBy.length > 0 ? reachable : undefined,
    limitedBy,
    conflicts,
  };
}
