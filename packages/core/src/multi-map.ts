/** A map from a key to a set of values; empty sets are not kept. The index structure of the world. */
export class MultiMap<K, V> {
  readonly #sets = new Map<K, Set<V>>();

  add(key: K, value: V): void {
    const set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, new Set([value]));
    else set.add(value);
  }

  delete(key: K, value: V): void {
    const set = this.#sets.get(key);
    if (set === undefined) return;
    set.delete(value);
    if (set.size === 0) this.#sets.delete(key);
  }

  get(key: K): ReadonlySet<V> {
    return this.#sets.get(key) ?? EMPTY;
  }

  has(key: K): boolean {
    return this.#sets.has(key);
  }

  get size(): number {
    return this.#sets.size;
  }

  keys(): IterableIterator<K> {
    return this.#sets.keys();
  }
}

const EMPTY: ReadonlySet<never> = new Set();
