import { contentHash } from "../canonical-json.ts";
import { Interner } from "../interner.ts";
import type { Contribution } from "./contribution.ts";
import { type ObjectIdentity, objectIdentity } from "./object-identity.ts";

/** What one unit contributes, by object. Units that contribute the same, in however many clusters, share it: equal means identical. */
export interface UnitContributions {
  readonly all: readonly Contribution[];
  readonly byObject: ReadonlyMap<ObjectIdentity, readonly Contribution[]>;
}

export class ContributionInterner {
  readonly #known = new Interner<UnitContributions>();
  /** By text: one change often comes to the same in cluster after cluster. */
  readonly #round = new Map<string, UnitContributions>();

  share(contributions: readonly Contribution[]): UnitContributions {
    // Translation writes members in one order, so that equal contributions have equal text; if not, they are only not shared.
    const text = JSON.stringify(contributions);
    let shared = this.#round.get(text);
    if (shared === undefined) {
      shared = this.#known.intern(contentHash(text), () => ({
        all: contributions,
        byObject: Map.groupBy(contributions, ({ object }) => objectIdentity(object)),
      }));
      this.#round.set(text, shared);
    }
    return shared;
  }

  /** To be called when a batch of changes is through. */
  endRound(): void {
    this.#round.clear();
  }
}
