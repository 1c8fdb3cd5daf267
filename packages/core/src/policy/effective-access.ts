import type { AccessPolicySpec, ResourceKey, ResourceOf } from "@heddle/api";
import type { Sourced } from "../provenance.ts";
import type { TargetLevel } from "../selecting/target-match.ts";
import type { Bearing } from "../world/bearing.ts";

/** One access policy as it bears on a unit. Access is sets, not overrides: order, age and rank never matter (SEMANTICS, "Access"). */
export interface AccessRule {
  readonly key: ResourceKey;
  readonly name: string;
  readonly workspace: string;
  /** The level its target speaks about; a mesh with inheritance writes it once at that level. */
  readonly level: TargetLevel;
  /** Only these ports of the target. */
  readonly ports: readonly number[] | undefined;
  readonly spec: AccessPolicySpec;
}

export interface EffectiveAccess {
  /** Set when what no ALLOW bears on is denied: as a workspace or virtual mesh says. */
  readonly denied: Sourced<"deny"> | undefined;
  /** By resource key, so that the order is the same however the list was made. */
  readonly rules: readonly AccessRule[];
}

export function effectiveAccess(
  bearings: readonly Bearing<ResourceOf<"AccessPolicy">>[],
  denied?: Sourced<"deny">,
): EffectiveAccess | undefined {
  const rules = bearings
    .filter((bearing) => bearing.standing === "owner")
    .map(({ policy, key, level, ports }) => ({
      key,
      name: policy.metadata.name,
      workspace: policy.metadata.workspace,
      level,
      ports,
      spec: policy.spec,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return rules.length === 0 && denied === undefined ? undefined : { rules, denied };
}
