import type { Bundle } from "@heddle/core";
import { type BundleState, diffBundles } from "@heddle/relay";

/** What an agent is to be sent. */
export interface Due {
  readonly upserts: readonly Bundle[];
  readonly removes: readonly string[];
  /** Everything was compared, not only what was touched. */
  readonly complete: boolean;
  /** There was something to look at, even if nothing of it differs. */
  readonly touched: boolean;
}

/** No hash is empty: whatever is wanted differs from it. */
const unknownContent = "";

/** What the agent of one cluster holds, as far as this replica knows, and what may have changed since. */
export class HeldBundles {
  readonly #held = new Map<string, string>();
  readonly #pending = new Set<string>();
  #compared = false;

  /** `told` is what the agent said when it connected. */
  constructor(told: Iterable<BundleState>) {
    for (const { id, hash } of told) this.#held.set(id, hash);
  }

  /** Notes bundles that changed; what they are now is looked up when they are sent. */
  touch(ids: Iterable<string>): void {
    for (const id of ids) this.#pending.add(id);
  }

  /** What to send now, compared with what the agent holds: all of it the first time, later only what was touched. */
  take(desired: ReadonlyMap<string, Bundle>): Due {
    const touched = this.#pending.size > 0;
    if (!this.#compared) {
      this.#compared = true;
      this.#pending.clear();
      const held = [...this.#held].map(([id, hash]) => ({ id, hash }));
      return { ...diffBundles(held, desired.values()), complete: true, touched };
    }
    const upserts: Bundle[] = [];
    const removes: string[] = [];
    for (const id of this.#pending) {
      const bundle = desired.get(id);
      if (bundle === undefined && this.#held.has(id)) removes.push(id);
      if (bundle !== undefined && this.#held.get(id) !== bundle.hash) upserts.push(bundle);
    }
    this.#pending.clear();
    return { upserts, removes, complete: false, touched };
  }

  /** Notes that the agent has been sent these. */
  sent({ upserts, removes }: Due): void {
    for (const { id, hash } of upserts) this.#held.set(id, hash);
    for (const id of removes) this.#held.delete(id);
  }

  /** The agent could not read these and may hold something older: they are sent again, or removed, with the next change or connection. */
  lost(ids: Iterable<string>): void {
    for (const id of ids) this.#held.set(id, unknownContent);
  }

  /** The next time everything is compared, not only what was touched. */
  compareAgain(): void {
    this.#compared = false;
  }

  /** What was taken did not get through: it is due again. */
  untaken({ upserts, removes, complete }: Due): void {
    if (complete) this.#compared = false;
    this.touch(upserts.map(({ id }) => id));
    this.touch(removes);
  }
}
