import type { ResourceUnitKind } from "./resource-unit.ts";

/**
 * A unit is what gets one effective policy: a destination, a workload, a namespace or a mesh of one cluster; or a resource that comes to
 * objects by itself, such as an external service or a raw object.
 * Its local id names it within its cluster and is the id of its bundle, so that equal bundles of many clusters can be shared.
 */
export type UnitKind = "destination" | "workload" | "namespace" | "mesh" | ResourceUnitKind;

export interface Unit {
  readonly cluster: string;
  readonly kind: UnitKind;
  /** Empty for meshes; for a namespace its own name; for what is a resource itself its workspace. */
  readonly namespace: string;
  readonly name: string;
}

export type UnitId = `${string}|${string}`;

export function unitId(unit: Unit): UnitId {
  return `${unit.cluster}|${localUnitId(unit)}`;
}

export function localUnitId(unit: Omit<Unit, "cluster">): string {
  switch (unit.kind) {
    case "namespace":
    case "mesh":
      return `${unit.kind}/${unit.name}`;
    default:
      return `${unit.kind}/${unit.namespace}/${unit.name}`;
  }
}

/** Collects the units a change touches. */
export class DirtyUnits {
  readonly #units = new Map<UnitId, Unit>();

  add(unit: Unit): void {
    this.#units.set(unitId(unit), unit);
  }

  get size(): number {
    return this.#units.size;
  }

  *[Symbol.iterator](): IterableIterator<readonly [UnitId, Unit]> {
    yield* this.#units;
  }
}
