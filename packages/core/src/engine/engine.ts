import type { DialectName, MeshFact, ObjectRef, Resource, ResourceKey } from "@heddle/api";
import { MultiMap } from "../multi-map.ts";
import type { Provenance } from "../provenance.ts";
import { type AssembledField, assembledFields } from "../translation/assembly.ts";
import { AssemblyRound } from "../translation/assembly-round.ts";
import { type Bundle, BundleInterner } from "../translation/bundle.ts";
import type { FieldVerdict } from "../translation/capability.ts";
import type { Dialect } from "../translation/dialect.ts";
import { ContributionInterner, type UnitContributions } from "../translation/unit-contributions.ts";
import type { Bearing } from "../world/bearing.ts";
import { DirtyUnits, type Unit, type UnitId, unitId } from "../world/unit.ts";
import { World } from "../world/world.ts";
import { applyChange } from "./apply-change.ts";
import type { Change } from "./change.ts";
import { type ClusterDelta, ClusterOutput } from "./cluster-output.ts";
import { readKey, readKeyOfAll } from "./read-key.ts";
import { resourcesOf, translateUnit, type UnitOutcome } from "./translate-unit.ts";
import { VerdictCache } from "./verdict-cache.ts";

interface UnitState {
  readonly unit: Unit;
  readonly outcome: UnitOutcome;
  readonly contributions: UnitContributions;
}

/**
 * From inputs to bundles, incrementally: give it changes, get what is different for each cluster. Synchronous, without I/O, clock or
 * chance; the same inputs in any order give byte-identical bundles. Translation may be put off cluster by cluster: what is asked of a
 * cluster is always as its inputs are.
 */
export class Engine {
  readonly world = new World();
  readonly #dialects: ReadonlyMap<DialectName, Dialect>;
  readonly #verdicts: VerdictCache;
  readonly #contributions = new ContributionInterner();
  readonly #bundles = new BundleInterner();
  readonly #units = new Map<UnitId, UnitState>();
  readonly #unitsByResource = new MultiMap<ResourceKey, UnitId>();
  readonly #readers = new MultiMap<string, UnitId>();
  readonly #outputs = new Map<string, ClusterOutput>();
  /** By cluster: units whose translation is put off. */
  readonly #pending = new Map<string, DirtyUnits>();
  readonly #onSettled: (cluster: string, delta: ClusterDelta) => void;

  /** `onSettled` is told what putting off had kept back, whenever that is made up for. */
  constructor(
    dialects: readonly Dialect[],
    onSettled: (cluster: string, delta: ClusterDelta) => void = () => undefined,
  ) {
    this.#onSettled = onSettled;
    this.#dialects = new Map(dialects.map((dialect) => [dialect.name, dialect]));
    this.#verdicts = new VerdictCache(this.#dialects);
  }

  /**
   * Takes changes in and returns what they change, by cluster. Costs what the changes touch; `touch` is told each unit of that. Clusters that
   * wait for `settle` go on waiting; `defer` makes all wait that the changes touch.
   */
  apply(
    changes: readonly Change[],
    { touch, defer = false }: { readonly touch?: (unit: Unit) => void; readonly defer?: boolean } = {},
  ): Map<string, ClusterDelta> {
    const dirty = new DirtyUnits();
    for (const change of changes) applyChange(this.world, change, dirty);
    this.#markReaders(dirty);
    const now = new DirtyUnits();
    for (const [, unit] of dirty) {
      touch?.(unit);
      const later = this.#pending.get(unit.cluster);
      if (later !== undefined) later.add(unit);
      else if (defer) this.#putOff(unit);
      else now.add(unit);
    }
    return this.#translate(now);
  }

  /** Clusters whose translation is put off. */
  get pending(): Iterable<string> {
    return this.#pending.keys();
  }

  /** Makes up for what was put off: of one cluster, or of all. */
  settle(...clusters: readonly string[]): void {
    for (const cluster of clusters.length > 0 ? clusters : [...this.#pending.keys()]) {
      const units = this.#pending.get(cluster);
      if (units === undefined) continue;
      this.#pending.delete(cluster);
      const delta = this.#translate(units).get(cluster);
      if (delta !== undefined) this.#onSettled(cluster, delta);
    }
  }

  #putOff(unit: Unit): void {
    const units = new DirtyUnits();
    units.add(unit);
    this.#pending.set(unit.cluster, units);
  }

  #translate(dirty: DirtyUnits): Map<string, ClusterDelta> {
    const touched = new Set<string>();
    for (const [id, unit] of dirty) if (this.#retranslate(id, unit)) touched.add(unit.cluster);
    this.#contributions.endRound();
    const deltas = new Map<string, ClusterDelta>();
    const round = new AssemblyRound(this.#bundles, this.#precedence);
    for (const name of touched) {
      const delta = this.#outputs.get(name)?.settle(round);
      if (delta !== undefined) deltas.set(name, delta);
      if (!this.world.clusters.has(name)) this.#outputs.delete(name);
    }
    return deltas;
  }

  /** Bundles of a cluster as they should be now, by id. */
  bundles(cluster: string): ReadonlyMap<string, Bundle> {
    this.settle(cluster);
    return this.#outputs.get(cluster)?.bundles ?? new Map();
  }

  output(cluster: string): ClusterOutput | undefined {
    this.settle(cluster);
    return this.#outputs.get(cluster);
  }

  /** What came out of a unit; undefined when nothing bears on it. */
  outcome(unit: Unit): UnitOutcome | undefined {
    this.settle(unit.cluster);
    return this.#units.get(unitId(unit))?.outcome;
  }

  /** What each field of an object is, where from, and what lost against it; undefined when Heddle writes no such object. */
  fields(cluster: string, object: ObjectRef): readonly AssembledField[] | undefined {
    const contributions = this.output(cluster)?.contributions(object) ?? [];
    return contributions.length === 0 ? undefined : assembledFields(contributions, this.#precedence);
  }

  /** The units that a resource bears on, with what came out of them. */
  *unitsOf(resource: ResourceKey): Iterable<UnitState> {
    this.settle();
    for (const id of this.#unitsByResource.get(resource)) {
      const state = this.#units.get(id);
      if (state !== undefined) yield state;
    }
  }

  /** Field verdicts of a resource in one mesh, from the dialect's tables. */
  verdicts(resource: Resource, mesh: MeshFact): readonly FieldVerdict[] {
    return this.#verdicts.verdicts(resource, mesh);
  }

  /** True when `onUnsupported: reject` keeps this version of a resource out of a mesh. */
  keptOut(resource: Resource, mesh: MeshFact): boolean {
    return this.#verdicts.keptOut(resource, mesh);
  }

  /** Whether it is by this version of its policy that a bearing counts in a mesh. */
  inForce({ key, policy }: Bearing, mesh: MeshFact): boolean {
    return this.#verdicts.inForce(this.world.versions(key), mesh) === policy;
  }

  #markReaders(dirty: DirtyUnits): void {
    for (const [, unit] of [...dirty])
      for (const key of [readKey(unit), readKeyOfAll(unit.kind)])
        for (const id of this.#readers.get(`${unit.cluster}|${key}`)) {
          const reader = this.#units.get(id);
          if (reader !== undefined) dirty.add(reader.unit);
        }
  }

  /** True when the unit contributed before or does now. */
  #retranslate(id: UnitId, unit: Unit): boolean {
    const before = this.#units.get(id);
    const previous = before?.outcome;
    const next = translateUnit(this.world, this.#dialects, this.#verdicts, unit);
    if (previous !== undefined) {
      for (const key of resourcesOf(previous)) this.#unitsByResource.delete(key, id);
      for (const read of previous.reads) this.#readers.delete(`${unit.cluster}|${read}`, id);
    }
    const contributions = next && this.#contributions.share(next.contributions);
    if (next === undefined || contributions === undefined) this.#units.delete(id);
    else {
      this.#units.set(id, { unit, outcome: { ...next, contributions: contributions.all }, contributions });
      for (const key of resourcesOf(next)) this.#unitsByResource.add(key, id);
      for (const read of next.reads) this.#readers.add(`${unit.cluster}|${read}`, id);
    }
    if (!before?.contributions.all.length && !contributions?.all.length) return false;
    let output = this.#outputs.get(unit.cluster);
    if (output === undefined) {
      output = new ClusterOutput();
      this.#outputs.set(unit.cluster, output);
    }
    output.replace(id, before?.contributions, contributions);
    return true;
  }

  readonly #precedence = (a: Provenance, b: Provenance): number => {
    const [x, y] = [this.#accepted(a), this.#accepted(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  };

  #accepted({ resource }: Provenance): string {
    return `${this.world.resources.get(resource)?.metadata.creationTimestamp ?? "~"} ${resource}`;
  }
}
