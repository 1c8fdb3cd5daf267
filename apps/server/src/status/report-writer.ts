import type { BundleReport } from "@heddle/api";
import type { Store } from "@heddle/store";
import type { Logger } from "pino";

/** How long reports gather before they are written: those of a change that a thousand clusters take become a few statements. */
const gatherMs = 100;
const retryMs = 2_000;

/**
 * Writes reports behind to the store, one statement at a time. What a crash loses of them the agents make up for when they connect again: they
 * say what they hold, and bundles with problems are delivered and reported anew.
 */
export class ReportWriter {
  readonly #status: Pick<Store["status"], "recordBundleReports">;
  readonly #log: Logger;
  #waiting = new Map<string, BundleReport[]>();
  #written: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(status: Pick<Store["status"], "recordBundleReports">, log: Logger) {
    this.#status = status;
    this.#log = log;
  }

  add(cluster: string, reports: readonly BundleReport[]): void {
    if (reports.length === 0) return;
    const known = this.#waiting.get(cluster);
    if (known === undefined) this.#waiting.set(cluster, [...reports]);
    else known.push(...reports);
    this.#schedule(gatherMs);
  }

  /** Resolves when everything that was added has been tried to be written; what could not be is kept for the next time. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#written = this.#written.then(() => this.#write());
    return this.#written;
  }

  async #write(): Promise<void> {
    const reports = this.#waiting;
    if (reports.size === 0) return;
    this.#waiting = new Map();
    try {
      await this.#status.recordBundleReports(reports);
    } catch (error) {
      this.#log.warn({ err: error }, "cannot write reports now");
      for (const [cluster, told] of reports)
        this.#waiting.set(cluster, [...told, ...(this.#waiting.get(cluster) ?? [])]);
      this.#schedule(retryMs);
    }
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), ms).unref();
  }
}
