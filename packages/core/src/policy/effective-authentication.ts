import type { JwtRule, MtlsMode, ResourceOf } from "@heddle/api";
import type { Sourced } from "../provenance.ts";
import type { TargetLevel } from "../selecting/target-match.ts";
import type { Bearing } from "../world/bearing.ts";
import type { FieldConflict } from "./effective-traffic.ts";

export interface LevelledMode extends Sourced<MtlsMode> {
  readonly level: TargetLevel;
}

export interface EffectiveAuthentication {
  readonly mode: LevelledMode | undefined;
  /** By port number of the target. */
  readonly ports: ReadonlyMap<number, LevelledMode>;
  /** Requirements add up: some token must satisfy each. */
  readonly jwt: readonly (Sourced<JwtRule> & { readonly level: TargetLevel })[];
  readonly conflicts: readonly FieldConflict[];
}

const LEVEL_ORDER: Readonly<Record<TargetLevel, number>> = {
  workload: 0,
  destination: 0,
  namespace: 1,
  mesh: 2,
};
const STRICTNESS: Readonly<Record<MtlsMode, number>> = { STRICT: 0, PERMISSIVE: 1, DISABLE: 2 };

/**
 * SEMANTICS, "Authentication": workload before namespace before mesh, per port before per workload, the stricter on a tie. A tie with
 * different modes is a conflict that the stricter wins. Within one level narrower targets do not matter: security never hangs on names.
 */
export function effectiveAuthentication(
  bearings: readonly Bearing<ResourceOf<"AuthenticationPolicy">>[],
): EffectiveAuthentication | undefined {
  const counting = bearings
    .filter((bearing) => bearing.standing === "owner")
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  if (counting.length === 0) return undefined;
  const conflicts: FieldConflict[] = [];
  let mode: LevelledMode | undefined;
  const ports = new Map<number, LevelledMode>();
  const jwt: (Sourced<JwtRule> & { level: TargetLevel })[] = [];
  for (const { policy, key, level } of counting) {
    const { mtls } = policy.spec;
    if (mtls?.mode !== undefined)
      mode = prefer(
        mode,
        { value: mtls.mode, level, from: { resource: key, path: "spec.mtls.mode" } },
        conflicts,
      );
    for (const [port, value] of Object.entries(mtls?.ports ?? {})) {
      const candidate = { value, level, from: { resource: key, path: `spec.mtls.ports.${port}` } };
      ports.set(Number(port), prefer(ports.get(Number(port)), candidate, conflicts));
    }
    policy.spec.jwt?.forEach((value, index) => {
      jwt.push({ value, level, from: { resource: key, path: `spec.jwt[${index}]` } });
    });
  }
  return { mode, ports, jwt, conflicts };
}

function prefer(
  current: LevelledMode | undefined,
  candidate: LevelledMode,
  conflicts: FieldConflict[],
): LevelledMode {
  if (current === undefined) return candidate;
  const level = LEVEL_ORDER[current.level] - LEVEL_ORDER[candidate.level];
  if (level !== 0) return level < 0 ? current : candidate;
  const stricter = STRICTNESS[candidate.value] < STRICTNESS[current.value] ? candidate : current;
  if (current.value !== candidate.value)
    conflicts.push({ winner: stricter.from, loser: (stricter === current ? candidate : current).from });
  return stricter;
}
