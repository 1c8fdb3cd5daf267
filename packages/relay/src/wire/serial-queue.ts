/** Runs tasks one after the other. `add` resolves when there is room for the next, so that a reader who awaits it holds back its peer. */
export class SerialQueue {
  readonly #room: number;
  readonly #onError: (error: unknown) => void;
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();

  /** At most `room` tasks wait or run without holding back the adder. The first error stops all that follow. */
  constructor(room: number, onError: (error: unknown) => void) {
    this.#room = room;
    this.#onError = onError;
  }

  get full(): boolean {
    return this.#waiting > this.#room;
  }

  /** Resolves once nothing waits or runs. */
  async idle(): Promise<void> {
    await this.#tail.catch(() => undefined);
  }

  async add(task: () => Promise<void>): Promise<void> {
    this.#waiting++;
    const previous = this.#tail;
    const done = previous.then(task).finally(() => {
      this.#waiting--;
    });
    this.#tail = done;
    done.catch((error: unknown) => this.#onError(error));
    if (this.full) await previous.catch(() => undefined);
  }
}
