import type { Bundle } from "@heddle/core";
import { diffBundles, type RelaySession } from "@heddle/relay";

/** What the agent of one cluster holds, as far as this replica knows, and what may have changed since. */
export class ConnectedAgent {
  readonly session: RelaySession;
  readonly #held = new Map<string, string>();
  readonly #pending = new Set<string>();
  #compared = false;

  constructor(session: RelaySession) {
    this.session = session;
    for (const { id, hash } of session.hello.bundles) this.#held.set(id, hash);
  }

  /** Notes bundles that changed; what they are now is looked up when they are sent. */
  touch(ids: Iterable<string>): void {
    for (const id of ids) this.#pending.add(id);
  }

  /** What to send now, compared with what the agent holds: all of it the first time, later only what was touched. */
  take(desired: ReadonlyMap<string, Bundle>): {
    readonly upserts: readonly Bundle[];
    readonly removes: readonly string[];
    readonly complete: boolean;
  } {
    if (!this.#compared) {
      this.#compared = true;
      this.#pending.clear();
      const held = [...this.#held].map(([id, hash]) => ({ id, hash }));
      return { ...diffBundles(held, desired.values()), complete: true };
    }
    const upserts: Bundle[] = [];
    const removes: string[] = [];
    for (const id of this.#pending) {
      const bundle = desired.get(id);
      if (bundle === undefined && this.#held.has(id)) removes.push(id);
      if (bundle !== undefined && this.#held.get(id) !== bundle.hash) upserts.push(bundle);
    }
    this.#pending.clear();
    return { upserts, removes, complete: false };
  }

  /** Notes that the agent has been sent these. */
  sent(upserts: readonly Bundle[], removes: readonly string[]): void {
    for (const { id, hash } of upserts) this.#held.set(id, hash);
    for (const id of removes) this.#held.delete(id);
  }

  /** The agent could not read these: they are sent again with the next change or connection. */
  lost(ids: Iterable<string>): void {
    for (const id of ids) this.#held.delete(id);
  }

  /** Nothing is known any more of what the agent holds beyond its last Hello; the next delivery compares everything. */
  reset(): void {
    this.#compared = false;
  }
}
