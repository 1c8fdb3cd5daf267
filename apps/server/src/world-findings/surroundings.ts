import type { KindName, Manifest, Resource, ResourceKey } from "@heddle/api";
import { defaultWorkspace, parseResourceKey, resourceKey } from "@heddle/api";
import type { World } from "@heddle/core";

/** A resource as it is stored, or as an input brings it. */
export type Described = Manifest | Resource;

/** What one input changes. */
export interface InputChanges {
  readonly brought: readonly Manifest[];
  /** Resources that the input has too, with mistakes of their own: nobody needs to hear that they are missing. */
  readonly broken?: ReadonlySet<string>;
  readonly deleted?: readonly ResourceKey[];
}

/** Whether the actor may list something; names that they may not see are told in no finding. */
export type MayList = (kind: string, workspace: string, name?: string) => boolean;

/** Candidates that are looked at for one input, for the nearest name or by label; then nothing more is said of these, so that no input keeps the server busy. */
const looksAtMost = 1_000_000;

/**
 * What there is when one input is judged: the world, with what the input brings and without what it deletes, so that the order within the
 * input does not matter. Made for one input; it remembers what it looked up.
 */
export class Surroundings {
  readonly world: World;
  readonly mayList: MayList;
  readonly #brought: ReadonlyMap<ResourceKey, Described>;
  readonly #broken: ReadonlySet<string>;
  readonly #gone: ReadonlySet<ResourceKey>;
  readonly #changedKinds: ReadonlySet<string>;
  readonly #byName = new Map<KindName, ReadonlyMap<string, readonly Described[]>>();
  #reported: boolean | undefined;
  #looksLeft = looksAtMost;

  constructor(world: World, { brought, broken = new Set(), deleted = [] }: InputChanges, mayList: MayList) {
    this.world = world;
    this.mayList = mayList;
    this.#brought = new Map(brought.map((manifest) => [resourceKey(manifest), manifest]));
    this.#broken = broken;
    this.#gone = new Set(deleted);
    const changed = [...this.#brought.keys(), ...this.#gone];
    this.#changedKinds = new Set(changed.map((key) => parseResourceKey(key).kind));
  }

  /** Whether any cluster has told what is in it; before that nothing can be said to be missing. */
  get reported(): boolean {
    this.#reported ??= this.world.clusters.values().some(({ facts }) => facts.size > 0);
    return this.#reported;
  }

  resource(kind: KindName, name: string, workspace = defaultWorkspace): Described | undefined {
    return this.named(kind, name).find(({ metadata }) => metadata.workspace === workspace);
  }

  /** Those of this name, of any workspace. */
  named(kind: KindName, name: string): readonly Described[] {
    return this.#namesOf(kind).get(name) ?? [];
  }

  /** All of a kind. */
  *all(kind: KindName): Iterable<Described> {
    for (const group of this.#namesOf(kind).values()) yield* group;
  }

  /** Resources that stay as they are. */
  *untouched(): Iterable<Resource> {
    for (const [key, resource] of this.world.resources) if (this.#isUntouched(key)) yield resource;
  }

  isBroken(kind: KindName, name: string, workspace: string): boolean {
    return this.#broken.has(resourceKey({ kind, metadata: { name, workspace } }));
  }

  /** Whether the input brings or deletes resources of a kind. */
  changes(kind: KindName): boolean {
    return this.#changedKinds.has(kind);
  }

  /** The candidates of a search, until the input has used up what it may look at. */
  *within<T>(candidates: Iterable<T>): Iterable<T> {
    for (const candidate of candidates) {
      if (this.#looksLeft-- <= 0) return;
      yield candidate;
    }
  }

  /** Whether searches came to their ends; after one that did not, what was not found may be there all the same. */
  get exhausted(): boolean {
    return this.#looksLeft < 0;
  }

  #isUntouched(key: ResourceKey): boolean {
    return !this.#gone.has(key) && !this.#brought.has(key);
  }

  #namesOf(kind: KindName): ReadonlyMap<string, readonly Described[]> {
    let found = this.#byName.get(kind);
    if (found === undefined) {
      const stored = this.world.ofKind(kind) as ReadonlySet<Resource>;
      const left = stored.values().filter((one) => this.#isUntouched(resourceKey(one)));
      const brought = this.#brought.values().filter((one) => one.kind === kind);
      found = Map.groupBy<string, Described>([...left, ...brought], ({ metadata }) => metadata.name);
      this.#byName.set(kind, found);
    }
    return found;
  }
}
