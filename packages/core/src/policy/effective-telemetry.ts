import type { ResourceOf, TelemetryPolicySpec } from "@heddle/api";
import type { Provenance } from "../provenance.ts";
import type { TargetLevel } from "../selecting/target-match.ts";
import type { Bearing } from "../world/bearing.ts";
import type { FieldConflict } from "./effective-traffic.ts";
import { leavesIn, type MergedLeaves, mergeLeaves } from "./merge-leaves.ts";
import { byRank } from "./rank.ts";

export type TelemetrySettings = Omit<TelemetryPolicySpec, "targets" | "onUnsupported">;

type TelemetryBearing = Bearing<ResourceOf<"TelemetryPolicy">>;

/** What proxies tell of the requests that pass through them, and which policy said each field of it. */
export interface EffectiveTelemetry extends MergedLeaves<TelemetrySettings> {
  /** Where each policy that counts speaks; a mesh whose objects replace each other writes one at each of these levels. */
  readonly said: readonly { readonly level: TargetLevel; readonly from: Provenance }[];
  /** Policies for single ports, which are no proxies' own: they do not count. */
  readonly ofPorts: readonly Provenance[];
  readonly conflicts: readonly FieldConflict[];
}

/** Taken whole from one policy: a place of one author and a token of another were never meant together. */
const WHOLE: ReadonlySet<string> = new Set(["tracing.provider", "tracing.tags"]);

/**
 * Access logs, metrics and traces of a unit's proxies (SEMANTICS, "Traffic", rules 1, 3 and 5), leaf by leaf; a list is one leaf, and so
 * are the tags of spans. Who says anything of a part also says that it is not disabled. Counts only from the workspace that owns the
 * proxies, or from the administrator's. Returns `undefined` when nothing is said.
 */
export function effectiveTelemetry(unranked: readonly TelemetryBearing[]): EffectiveTelemetry | undefined {
  const owned = unranked.filter(({ standing }) => standing === "owner");
  if (owned.length === 0) return undefined;
  const counting = owned.filter(({ ports }) => ports === undefined).sort(byRank);
  const conflicts = new Map<string, FieldConflict>();
  const merged = mergeLeaves<TelemetryBearing, TelemetrySettings>(counting, leavesOf, conflicts);
  return {
    ...merged,
    said: counting.map(({ key, level }) => ({ level, from: { resource: key, path: "spec" } })),
    ofPorts: owned.flatMap(({ key, ports }) => (ports ? { resource: key, path: "spec.targets" } : [])),
    conflicts: [...conflicts.values()],
  };
}

function leavesOf({ policy: { spec } }: TelemetryBearing): Iterable<readonly [string, unknown]> {
  const { accessLogs, metrics, tracing } = spec;
  const parts = Object.entries({ accessLogs, metrics, tracing }).flatMap(([name, part]) =>
    part === undefined ? [] : [[name, { disabled: false, ...part }] as const],
  );
  return leavesIn(Object.fromEntries(parts), (field) => WHOLE.has(field));
}
