import type { Change } from "../engine/change.ts";
import type { ClusterDelta } from "../engine/cluster-output.ts";
import type { Engine } from "../engine/engine.ts";
import { type Unit, type UnitId, unitId } from "../world/unit.ts";
import { inverseOf } from "./inverse.ts";

/** What a rehearsal lets one look at: the units that the changes touch, and the bundles of that side which the other does not have. */
export interface Stage {
  readonly units: ReadonlyMap<UnitId, Unit>;
  readonly deltas: ReadonlyMap<string, ClusterDelta>;
}

/**
 * Applies changes, looks, takes them back and looks again. Synchronous, so nobody else sees the world in between; the engine is as it was
 * afterwards, also when translating or looking throws.
 */
export function rehearse<T>(
  engine: Engine,
  changes: readonly Change[],
  look: (stage: Stage) => T,
): { readonly before: T; readonly after: T } {
  engine.settle();
  const back = inverseOf(engine.world, changes);
  const units = new Map<UnitId, Unit>();
  const touch = (unit: Unit) => units.set(unitId(unit), unit);
  let restored: ReadonlyMap<string, ClusterDelta>;
  let after: T;
  try {
    after = look({ units, deltas: engine.apply(changes, { touch }) });
  } finally {
    restored = engine.apply(back, { touch });
  }
  return { before: look({ units, deltas: restored }), after };
}
