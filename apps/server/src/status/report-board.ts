import type { BundleReport } from "@heddle/api";
import type { ReportQuery, Store, StoredReport } from "@heddle/store";

export interface BoardReport extends BundleReport {
  /** RFC 3339. */
  readonly reportedAt: string;
}

/** The newest report of every bundle of every cluster, in memory: what status is computed from. The store has the same for restarts. */
export class ReportBoard {
  readonly #store: Pick<Store, "status">;
  readonly #reports = new Map<string, Map<string, BoardReport>>();
  #failing = 0;
  readonly #listeners = new Set<(cluster: string, bundles: readonly string[]) => void>();

  constructor(store: Pick<Store, "status">) {
    this.#store = store;
  }

  async load(): Promise<void> {
    for await (const { cluster, ...report } of this.#stored({})) this.#put(cluster, report);
  }

  /** Reads a cluster's reports anew: its agent comes from another replica, or from before this one started. */
  async refresh(cluster: string): Promise<void> {
    const stored: BoardReport[] = [];
    for await (const { cluster: _, ...report } of this.#stored({ cluster })) stored.push(report);
    this.forget(cluster);
    for (const report of stored) this.#put(cluster, report);
  }

  /** Takes over what another replica has stored; what is known already is no news. */
  learn(cluster: string, stored: readonly BoardReport[]): void {
    const reports = this.#of(cluster);
    const news = stored.filter(
      ({ bundle, reportedAt }) => (reports.get(bundle)?.reportedAt ?? "") < reportedAt,
    );
    for (const report of news) this.#put(cluster, report);
    if (news.length > 0) this.#tell(cluster, news);
  }

  /** Forgets problems of clusters that another replica holds and that are not in the store any more: their bundles are gone. */
  async dropSettled(isElsewhere: (cluster: string) => boolean): Promise<void> {
    const failing = new Set<string>();
    for await (const { cluster, bundle } of this.#stored({ failing: true }))
      failing.add(`${cluster} ${bundle}`);
    for (const [cluster, reports] of this.#reports) {
      if (!isElsewhere(cluster)) continue;
      for (const { bundle, problems } of reports.values())
        if (problems.length > 0 && !failing.has(`${cluster} ${bundle}`)) this.#drop(cluster, bundle);
    }
  }

  /** Reports with problems, of all clusters. */
  get failingCount(): number {
    return this.#failing;
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
      if (report.hash === "" && report.problems.length === 0) this.#drop(cluster, report.bundle);
      else this.#put(cluster, { ...report, reportedAt });
    }
    this.#tell(cluster, received);
  }

  forget(cluster: string): void {
    this.#failing -= this.failing(cluster).length;
    this.#reports.delete(cluster);
  }

  onReports(listener: (cluster: string, bundles: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(cluster: string, reports: readonly BundleReport[]): void {
    const bundles = reports.map(({ bundle }) => bundle);
    for (const listener of this.#listeners) listener(cluster, bundles);
  }

  async *#stored(query: Pick<ReportQuery, "cluster" | "failing">): AsyncGenerator<StoredReport> {
    let cursor: string | undefined;
    do {
      const page = await this.#store.status.listBundleReports({ ...query, limit: 1000, cursor });
      yield* page.items;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }

  #put(cluster: string, report: BoardReport): void {
    this.#drop(cluster, report.bundle);
    this.#of(cluster).set(report.bundle, report);
    if (report.problems.length > 0) this.#failing += 1;
  }

  #drop(cluster: string, bundle: string): void {
    const known = this.get(cluster, bundle);
    if (known === undefined) return;
    this.#reports.get(cluster)?.delete(bundle);
    if (known.problems.length > 0) this.#failing -= 1;
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
