import type { ObjectRef } from "@heddle/api";
import { canonicalJson, contentHash } from "../canonical-json.ts";
import { Interner } from "../interner.ts";
import type { AssembledObject } from "./assembly.ts";

/** The objects of one unit, delivered together and addressed by the hash of their content. Serialised once. */
export interface Bundle {
  /** Local id of the unit it belongs to. */
  readonly id: string;
  readonly hash: string;
  /** JSON array of the objects, UTF-8. */
  readonly bytes: Uint8Array;
  readonly objects: readonly ObjectRef[];
}

/** Makes bundles and keeps one copy of equal ones, so that what is the same in a thousand clusters is held once. */
export class BundleInterner {
  readonly #known = new Interner<Bundle>();

  make(id: string, objects: readonly AssembledObject[]): Bundle {
    const sorted = [...objects].sort((a, b) => (a.ref < b.ref ? -1 : 1));
    const text = `[${sorted.map((object) => canonicalJson(object.object)).join(",")}]`;
    const hash = contentHash(text);
    return this.#known.intern(`${id} ${hash}`, () => ({
      id,
      hash,
      bytes: new TextEncoder().encode(text),
      objects: sorted.map((object) => object.ref),
    }));
  }
}
