import type { ObjectRef } from "@heddle/api";
import { MultiMap } from "../multi-map.ts";
import { type AssembledObject, assemble, type Precedence } from "../translation/assembly.ts";
import type { Bundle, BundleInterner } from "../translation/bundle.ts";
import type { Contribution } from "../translation/contribution.ts";
import type { UnitId } from "../world/unit.ts";

/** What changed for one cluster: bundles to bring, ids of bundles to take away. */
export interface ClusterDelta {
  readonly upserts: readonly Bundle[];
  readonly removes: readonly string[];
}

/** Objects and bundles of one cluster, kept in step with its units' contributions. */
export class ClusterOutput {
  readonly bundles = new Map<string, Bundle>();
  readonly objects = new Map<ObjectRef, AssembledObject>();
  readonly #contributions = new Map<ObjectRef, Map<UnitId, readonly Contribution[]>>();
  readonly #objectsByHome = new MultiMap<string, ObjectRef>();
  readonly #homeOf = new Map<ObjectRef, string>();
  readonly #touched = new Set<ObjectRef>();

  /** Replaces what one unit contributes. */
  replace(unit: UnitId, previous: readonly Contribution[], next: readonly Contribution[]): void {
    for (const { object } of previous) {
      this.#contributions.get(object)?.delete(unit);
      this.#touched.add(object);
    }
    for (const [object, list] of Map.groupBy(next, (contribution) => contribution.object)) {
      let units = this.#contributions.get(object);
      if (units === undefined) {
        units = new Map();
        this.#contributions.set(object, units);
      }
      units.set(unit, list);
      this.#touched.add(object);
    }
  }

  /** Id of the bundle that the object is delivered in. */
  homeOf(object: ObjectRef): string | undefined {
    return this.#homeOf.get(object);
  }

  /** All that units contribute to one object. */
  contributions(object: ObjectRef): Contribution[] {
    return [...(this.#contributions.get(object)?.values() ?? [])].flat();
  }

  /** Assembles what was touched since the last call; undefined when no bundle came out different. */
  settle(bundles: BundleInterner, precedence: Precedence): ClusterDelta | undefined {
    const homes = new Set<string>();
    for (const ref of this.#touched) for (const home of this.#assemble(ref, precedence)) homes.add(home);
    this.#touched.clear();
    const upserts: Bundle[] = [];
    const removes: string[] = [];
    for (const home of [...homes].sort()) {
      const refs = this.#objectsByHome.get(home);
      const previous = this.bundles.get(home);
      if (refs.size === 0) {
        if (this.bundles.delete(home)) removes.push(home);
        continue;
      }
      const bundle = bundles.make(
        home,
        [...refs].flatMap((ref) => this.objects.get(ref) ?? []),
      );
      this.bundles.set(home, bundle);
      if (bundle.hash !== previous?.hash) upserts.push(bundle);
    }
    return upserts.length + removes.length === 0 ? undefined : { upserts, removes };
  }

  /** Assembles one object again; returns the homes whose bundles may change. */
  #assemble(ref: ObjectRef, precedence: Precedence): string[] {
    const contributions = this.contributions(ref);
    const before = this.#homeOf.get(ref);
    const home = contributions.map((contribution) => contribution.home).sort()[0];
    if (before !== undefined && before !== home) this.#objectsByHome.delete(before, ref);
    if (home === undefined) {
      this.#contributions.delete(ref);
      this.#homeOf.delete(ref);
      this.objects.delete(ref);
      return before === undefined ? [] : [before];
    }
    this.#homeOf.set(ref, home);
    this.#objectsByHome.add(home, ref);
    this.objects.set(ref, assemble(ref, contributions, precedence));
    return before === undefined || before === home ? [home] : [before, home];
  }
}
