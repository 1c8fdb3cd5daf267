/** Keeps one copy of what has the same key. Copies that nobody holds any more are forgotten by the garbage collector. */
export class Interner<T extends object> {
  readonly #known = new Map<string, WeakRef<T>>();
  readonly #forget = new FinalizationRegistry<string>((key) => {
    if (this.#known.get(key)?.deref() === undefined) this.#known.delete(key);
  });

  intern(key: string, make: () => T): T {
    const known = this.#known.get(key)?.deref();
    if (known !== undefined) return known;
    const made = make();
    this.#known.set(key, new WeakRef(made));
    this.#forget.register(made, key);
    return made;
  }
}
