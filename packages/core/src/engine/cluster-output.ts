import type { ObjectRef } from "@heddle/api";
import { MultiMap } from "../multi-map.ts";
import type { AssembledObject } from "../translation/assembly.ts";
import type { AssemblyRound } from "../translation/assembly-round.ts";
import type { Bundle } from "../translation/bundle.ts";
import type { Contribution } from "../translation/contribution.ts";
import { type ObjectIdentity, objectIdentity } from "../translation/object-identity.ts";
import type { UnitContributions } from "../translation/unit-contributions.ts";
import type { UnitId } from "../world/unit.ts";

/** What changed for one cluster: bundles to bring, ids of bundles to take away. */
export interface ClusterDelta {
  readonly upserts: readonly Bundle[];
  readonly removes: readonly string[];
}

/** An object as it is delivered, and the id of the bundle that it is in. */
export interface DeliveredObject {
  readonly object: AssembledObject;
  readonly home: string;
}

/** Objects and bundles of one cluster, kept in step with its units' contributions. */
export class ClusterOutput {
  readonly bundles = new Map<string, Bundle>();
  readonly objects = new Map<ObjectRef, AssembledObject>();
  readonly #contributions = new Map<ObjectIdentity, Map<UnitId, readonly Contribution[]>>();
  readonly #delivered = new Map<ObjectIdentity, DeliveredObject>();
  readonly #byHome = new MultiMap<string, ObjectIdentity>();
  readonly #touched = new Set<ObjectIdentity>();

  /** Replaces what one unit contributes. */
  replace(unit: UnitId, previous: UnitContributions | undefined, next: UnitContributions | undefined): void {
    for (const identity of previous?.byObject.keys() ?? []) {
      this.#contributions.get(identity)?.delete(unit);
      this.#touched.add(identity);
    }
    for (const [identity, list] of next?.byObject ?? []) {
      let units = this.#contributions.get(identity);
      if (units === undefined) {
        units = new Map();
        this.#contributions.set(identity, units);
      }
      units.set(unit, list);
      this.#touched.add(identity);
    }
  }

  /** All that units contribute to one object, in whatever version of its API. */
  contributions(object: ObjectRef): Contribution[] {
    return [...(this.#contributions.get(objectIdentity(object))?.values() ?? [])].flat();
  }

  /** What is delivered of an object, in whatever version of its API. */
  delivered(object: ObjectRef): DeliveredObject | undefined {
    return this.#delivered.get(objectIdentity(object));
  }

  /** Assembles what was touched since the last call; undefined when no bundle came out different. */
  settle(round: AssemblyRound): ClusterDelta | undefined {
    const homes = new Set<string>();
    for (const identity of this.#touched) for (const home of this.#assemble(identity, round)) homes.add(home);
    this.#touched.clear();
    const upserts: Bundle[] = [];
    const removes: string[] = [];
    for (const home of [...homes].sort()) {
      const identities = this.#byHome.get(home);
      const previous = this.bundles.get(home);
      if (identities.size === 0) {
        if (this.bundles.delete(home)) removes.push(home);
        continue;
      }
      const bundle = round.bundle(
        home,
        [...identities].flatMap((identity) => this.#delivered.get(identity)?.object ?? []),
      );
      this.bundles.set(home, bundle);
      if (bundle.hash !== previous?.hash) upserts.push(bundle);
    }
    return upserts.length + removes.length === 0 ? undefined : { upserts, removes };
  }

  /** Assembles one object again; returns the homes whose bundles may change. */
  #assemble(identity: ObjectIdentity, round: AssemblyRound): string[] {
    const lists = [...(this.#contributions.get(identity)?.values() ?? [])];
    const before = this.#delivered.get(identity);
    const home = lists.flatMap((list) => list.map((contribution) => contribution.home)).sort()[0];
    if (before !== undefined) this.objects.delete(before.object.ref);
    if (before !== undefined && before.home !== home) this.#byHome.delete(before.home, identity);
    if (home === undefined) {
      this.#contributions.delete(identity);
      this.#delivered.delete(identity);
      return before === undefined ? [] : [before.home];
    }
    const object = round.object(lists);
    this.#delivered.set(identity, { object, home });
    this.#byHome.add(home, identity);
    this.objects.set(object.ref, object);
    return before === undefined || before.home === home ? [home] : [before.home, home];
  }
}
