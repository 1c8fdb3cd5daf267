/** Lets requests through, or keeps them waiting while it is shut. */
export class Gate {
  #shut: { readonly opened: Promise<void>; readonly open: () => void } | undefined;

  shut(): void {
    if (this.#shut !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#shut = { opened: promise, open: resolve };
  }

  open(): void {
    this.#shut?.open();
    this.#shut = undefined;
  }

  /** Resolves at once while the gate is open. */
  async pass(): Promise<void> {
    while (this.#shut !== undefined) await this.#shut.opened;
  }
}
