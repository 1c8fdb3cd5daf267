import type { AuthenticationPolicySpec, JwtRule, MtlsMode, ResourceOf } from "@heddle/api";
import type { Sourced } from "../provenance.ts";
import type { TargetLevel } from "../selecting/target-match.ts";
import type { Bearing } from "../world/bearing.ts";
import type { FieldConflict } from "./effective-traffic.ts";
import { LEVEL_ORDER, type LevelledValue, prefer } from "./levelled.ts";

/** What asks a service whether a request may pass. */
export type ExternalAuthorization = NonNullable<AuthenticationPolicySpec["external"]>;

export type LevelledMode = LevelledValue<MtlsMode>;

export interface LevelledJwt extends Sourced<JwtRule> {
  readonly level: TargetLevel;
  /** Only these ports of the target. */
  readonly ports: readonly number[] | undefined;
}

export interface LevelledExternal extends Sourced<ExternalAuthorization> {
  readonly level: TargetLevel;
  /** Only these ports of the target. */
  readonly ports: readonly number[] | undefined;
}

export interface EffectiveAuthentication {
  readonly mode: LevelledMode | undefined;
  /** By port number, of the target or of its workloads. */
  readonly ports: ReadonlyMap<number, LevelledMode>;
  /** Requirements add up: some token must satisfy each. */
  readonly jwt: readonly LevelledJwt[];
  /** Services that decide; each must let a request pass. */
  readonly external: readonly LevelledExternal[];
  readonly conflicts: readonly FieldConflict[];
}

const STRICTNESS: Readonly<Record<MtlsMode, number>> = { STRICT: 0, PERMISSIVE: 1, DISABLE: 2 };

/**
 * SEMANTICS, "Authentication": workload before namespace before mesh; at one level, per port before per workload; the stricter on a
 * tie. A mode of a target that names ports is a mode of these ports. `elsewhere` are modes said for the same pods through other units,
 * which tie with the unit's own; `fallback` holds where nothing is said at the level of the mesh or below.
 */
export function effectiveAuthentication(
  bearings: readonly Bearing<ResourceOf<"AuthenticationPolicy">>[],
  { elsewhere = [], fallback }: { elsewhere?: readonly LevelledMode[]; fallback?: Sourced<MtlsMode> } = {},
): EffectiveAuthentication | undefined {
  const counting = bearings
    .filter((bearing) => bearing.standing === "owner")
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  if (counting.length === 0 && fallback === undefined) return undefined;
  const conflicts: FieldConflict[] = [];
  let mode: LevelledMode | undefined;
  const ports = new Map<number, LevelledMode>();
  const jwt: LevelledJwt[] = [];
  const external: LevelledExternal[] = [];
  for (const { policy, key, level, ports: only } of counting) {
    const { mtls } = policy.spec;
    const at = (path: string, value: MtlsMode) => ({ value, level, from: { resource: key, path } });
    const putPort = (port: number, candidate: LevelledMode) =>
      ports.set(port, prefer(ports.get(port), candidate, STRICTNESS, conflicts));
    const own = Object.entries(mtls?.ports ?? {}).filter(([port]) => only?.includes(Number(port)) ?? true);
    for (const [port, value] of own) putPort(Number(port), at(`spec.mtls.ports.${port}`, value));
    if (mtls?.mode !== undefined) {
      const candidate = at("spec.mtls.mode", mtls.mode);
      const named = new Set(own.map(([port]) => Number(port)));
      if (only === undefined) mode = prefer(mode, candidate, STRICTNESS, conflicts);
      else for (const port of only) if (!named.has(port)) putPort(port, candidate);
    }
    policy.spec.jwt?.forEach((value, index) => {
      jwt.push({ value, level, ports: only, from: { resource: key, path: `spec.jwt[${index}]` } });
    });
    if (policy.spec.external !== undefined)
      external.push({
        value: policy.spec.external,
        level,
        ports: only,
        from: { resource: key, path: "spec.external" },
      });
  }
  if (mode !== undefined)
    for (const other of elsewhere)
      if (LEVEL_ORDER[other.level] === LEVEL_ORDER[mode.level])
        mode = prefer(mode, { ...other, level: mode.level }, STRICTNESS, conflicts);
  if (mode === undefined && fallback !== undefined) mode = { ...fallback, level: "mesh" };
  return { mode, ports, jwt, external, conflicts };
}
