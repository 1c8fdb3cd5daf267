import type { Fact, FactKey } from "@heddle/api";
import { factKey } from "@heddle/api/fact-key";
import type { RelayClient } from "@heddle/relay/agent";
import { RelayError } from "@heddle/relay/agent";
import type { Logger } from "pino";
import type { FactTable } from "../discovery/fact-table.ts";

/** Sends facts to the server: all of them first, then what changes. One message is under way at a time; what changes meanwhile is gathered. */
export class InventoryReporter {
  readonly #table: FactTable;
  readonly #client: () => RelayClient;
  readonly #log: Logger;
  readonly #upserts = new Map<FactKey, Fact>();
  readonly #deletes = new Set<FactKey>();
  #sequence = Date.now();
  #acknowledged: number | undefined;
  #ready = false;
  #connected = false;
  #sending: Promise<void> | undefined;

  constructor(table: FactTable, client: () => RelayClient, log: Logger) {
    this.#table = table;
    this.#client = client;
    this.#log = log;
  }

  /** The last inventory that the server acknowledged to this process. */
  get acknowledged(): { readonly sequence: number; readonly digest: string } | undefined {
    return this.#acknowledged === undefined ? undefined : { sequence: this.#acknowledged, digest: "" };
  }

  /** Everything has been seen once; before that a full inventory would delete what was only not seen yet. */
  ready(): void {
    this.#ready = true;
    this.changed();
  }

  connected(isConnected: boolean): void {
    this.#connected = isConnected;
    this.#send();
  }

  /** The server wants everything again. */
  restart(): void {
    this.#acknowledged = undefined;
    this.#send();
  }

  changed(): void {
    if (!this.#ready) return;
    const { upserts, deletes } = this.#table.settle();
    for (const fact of upserts) {
      const key = factKey(fact);
      this.#deletes.delete(key);
      this.#upserts.set(key, fact);
    }
    for (const key of deletes) {
      this.#upserts.delete(key);
      this.#deletes.add(key);
    }
    this.#send();
  }

  #send(): void {
    this.#sending ??= this.#run().finally(() => {
      this.#sending = undefined;
    });
  }

  async #run(): Promise<void> {
    while (
      this.#ready &&
      this.#connected &&
      (this.#acknowledged === undefined || this.#upserts.size + this.#deletes.size > 0)
    ) {
      const full = this.#acknowledged === undefined;
      const upserts = full ? this.#table.facts() : [...this.#upserts.values()];
      const deletes = full ? [] : [...this.#deletes];
      this.#upserts.clear();
      this.#deletes.clear();
      const sequence = ++this.#sequence;
      try {
        const rejected = await this.#client().sendInventory({ sequence, full, upserts, deletes });
        for (const { id, code } of rejected)
          this.#log.warn({ fact: id, code }, "the server did not take a fact");
        this.#acknowledged = sequence;
      } catch (error) {
        if (!(error instanceof RelayError)) throw error;
        // Whether it arrived is not known: everything is said again on the next stream.
        this.#acknowledged = undefined;
        this.#connected = false;
        this.#log.debug({ code: error.code }, "the inventory was not acknowledged");
      }
    }
  }
}
