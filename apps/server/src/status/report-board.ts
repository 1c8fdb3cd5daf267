import type { BundleReport } from "@heddle/api";
import type { Store } from "@heddle/store";

export interface BoardReport extends BundleReport {
  /** RFC 3339. */
  readonly reportedAt: string;
}

/** The newest report of every bundle of every cluster, in memory: what status is computed from. The store has the same for restarts. */
export class ReportBoard {
  readonly #store: Store;
  readonly #reports = new Map<string, Map<string, BoardReport>>();
  readonly #listeners = new Set<(cluster: string, bundles: readonly string[]) => void>();

  constructor(store: Store) {
    this.#store = store;
  }

  async load(): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await this.#store.status.listBundleReports({ limit: 1000, cursor });
      for (const { cluster, ...report } of page.items) this.#of(cluster).set(report.bundle, report);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }

  get(cluster: string, bundle: string): BoardReport | undefined {
    return this.#reports.get(cluster)?.get(bundle);
  }

  /** Reports with problems of one cluster. */
  failing(cluster: string): BoardReport[] {
    return [...(this.#reports.get(cluster)?.values() ?? [])].filter(({ problems }) => problems.length > 0);
  }

  take(cluster: string, received: readonly BundleReport[]): void {
    const reports = this.#of(cluster);
    const reportedAt = new Date().toISOString();
    for (const report of received) {
      if ((reports.get(report.bundle)?.revision ?? -1) > report.revision) continue;
      if (report.hash === "" && report.problems.length === 0) reports.delete(report.bundle);
      else reports.set(report.bundle, { ...report, reportedAt });
    }
    const bundles = received.map(({ bundle }) => bundle);
    for (const listener of this.#listeners) listener(cluster, bundles);
  }

  forget(cluster: string): void {
    this.#reports.delete(cluster);
  }

  onReports(listener: (cluster: string, bundles: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #of(cluster: string): Map<string, BoardReport> {
    let reports = this.#reports.get(cluster);
    if (reports === undefined) {
      reports = new Map();
      this.#reports.set(cluster, reports);
    }
    return reports;
  }
}
