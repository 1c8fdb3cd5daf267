import type { BundleReport, ObjectProblem } from "@heddle/api";
import { type Applier, type Bundle, type DriftFinding, KubeError, type KubeObject } from "@heddle/kube";
import type { ReceivedBundle, ReceivedDelivery, RelayClient } from "@heddle/relay";
import { RelayError } from "@heddle/relay";
import type { Logger } from "pino";

/** Problems that may pass by themselves: tried again without being asked. */
const passing: ReadonlySet<ObjectProblem["code"]> = new Set([
  "Unavailable",
  "KindMissing",
  "NamespaceMissing",
  "NamespaceTerminating",
  "NotOwned",
  "FieldConflict",
  "Rejected",
]);
const retryFirstMs = 5_000;
const retryCapMs = 300_000;

export interface DeliveryHandlerOptions {
  readonly applier: Applier;
  readonly client: () => RelayClient;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Called after something was applied. */
  readonly onApplied: () => void;
}

/** Applies deliveries, remembers what failed and tries it again, and tells the server how each bundle stands. */
export class DeliveryHandler {
  readonly #options: DeliveryHandlerOptions;
  readonly #held = new Map<string, string>();
  readonly #reports = new Map<string, BundleReport>();
  readonly #failed = new Map<string, Bundle>();
  #revision = 0;
  #retryMs = retryFirstMs;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DeliveryHandlerOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** What the cluster holds, for the server to compare with. @throws KubeError */
  async recover(): Promise<void> {
    for (const [bundle, hash] of await this.#options.applier.inventory(this.#options.signal))
      this.#held.set(bundle, hash);
  }

  held(): { readonly id: string; readonly hash: string }[] {
    return Array.from(this.#held, ([id, hash]) => ({ id, hash }));
  }

  async deliver(delivery: ReceivedDelivery): Promise<readonly BundleReport[]> {
    this.#revision = delivery.revision;
    const upserts = delivery.bundles.map(bundleOf);
    for (const { id } of upserts) this.#failed.delete(id);
    for (const id of delivery.removed) this.#failed.delete(id);
    this.#retryMs = retryFirstMs;
    return this.#reconcile(upserts, delivery.removed);
  }

  /** The bundle does not stand as it was applied, or does again. */
  drifted(finding: DriftFinding): void {
    const { bundle, object, change, outcome, owner, problem } = finding;
    this.#options.log.warn(
      { bundle, object, change, outcome, owner },
      "an owned object was changed by somebody else",
    );
    if (outcome === "repaired" || problem === undefined) return;
    const known = this.#reports.get(bundle) ?? {
      bundle,
      hash: this.#held.get(bundle) ?? "",
      revision: this.#revision,
      objects: 0,
      problems: [],
    };
    const problems = [...known.problems.filter((other) => other.object !== problem.object), problem];
    this.#keep({ ...known, problems });
    void this.#tell([{ ...known, problems }]);
  }

  async #reconcile(upserts: readonly Bundle[], removes: readonly string[]): Promise<readonly BundleReport[]> {
    const { applier, signal, onApplied } = this.#options;
    const reports = await applier.reconcile({ revision: this.#revision, upserts, removes }, signal);
    for (const report of reports) {
      this.#keep(report);
      const bundle = upserts.find(({ id }) => id === report.bundle);
      if (bundle !== undefined && report.problems.some(({ code }) => passing.has(code)))
        this.#failed.set(bundle.id, bundle);
    }
    if (this.#failed.size > 0) this.#retryLater();
    onApplied();
    return reports;
  }

  #keep(report: BundleReport): void {
    if (report.hash === "") {
      this.#reports.delete(report.bundle);
      if (report.problems.length === 0) this.#held.delete(report.bundle);
      return;
    }
    if (report.problems.length === 0) this.#reports.delete(report.bundle);
    else this.#reports.set(report.bundle, report);
    this.#held.set(report.bundle, report.hash);
  }

  #retryLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#retry();
    }, this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, retryCapMs);
  }

  async #retry(): Promise<void> {
    const bundles = [...this.#failed.values()];
    this.#failed.clear();
    try {
      await this.#tell(await this.#reconcile(bundles, []));
    } catch (error) {
      if (this.#options.signal.aborted) return;
      if (!(error instanceof KubeError)) throw error;
      for (const bundle of bundles) this.#failed.set(bundle.id, bundle);
      this.#retryLater();
    }
  }

  /** Reports that cannot be sent now are not lost: the server compares everything on the next stream. */
  async #tell(reports: readonly BundleReport[]): Promise<void> {
    try {
      await this.#options.client().sendStatus(reports);
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      for (const { bundle } of reports) this.#held.delete(bundle);
    }
  }
}

function bundleOf({ id, hash, objects }: ReceivedBundle): Bundle {
  return { id, hash, objects: objects as readonly KubeObject[] };
}
