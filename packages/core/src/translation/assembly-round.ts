import { type AssembledObject, assemble, type Precedence } from "./assembly.ts";
import type { Bundle, BundleInterner } from "./bundle.ts";
import type { Contribution } from "./contribution.ts";

/**
 * Assembles objects and bundles while precedence stays as it is, each once however many clusters have it: what is the same is recognised by
 * identity, see `UnitContributions`.
 */
export class AssemblyRound {
  readonly #interner: BundleInterner;
  readonly #precedence: Precedence;
  readonly #objects = new Map<readonly Contribution[], AssembledObject>();
  readonly #bundles = new Map<
    AssembledObject,
    { readonly bundle: Bundle; readonly objects: readonly AssembledObject[] }
  >();

  constructor(interner: BundleInterner, precedence: Precedence) {
    this.#interner = interner;
    this.#precedence = precedence;
  }

  /** One object of what each unit contributes to it; at least one contributes. */
  object(lists: readonly (readonly Contribution[])[]): AssembledObject {
    const [only] = lists;
    if (only === undefined || lists.length > 1) return assemble(lists.flat(), this.#precedence);
    let object = this.#objects.get(only);
    if (object === undefined) {
      object = assemble(only, this.#precedence);
      this.#objects.set(only, object);
    }
    return object;
  }

  /** One bundle of at least one object. */
  bundle(id: string, objects: readonly AssembledObject[]): Bundle {
    const [first] = objects;
    const known = first && this.#bundles.get(first);
    if (known?.bundle.id === id && isSame(known.objects, objects)) return known.bundle;
    const bundle = this.#interner.make(id, objects);
    if (first !== undefined) this.#bundles.set(first, { bundle, objects });
    return bundle;
  }
}

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
