import type { BundleReport, ObjectProblem } from "@heddle/api";
import { type Applier, type Bundle, type DriftFinding, KubeError, type KubeObject } from "@heddle/kube";
import type { ReceivedBundle, ReceivedDelivery, RelayClient } from "@heddle/relay/agent";
import { RelayError } from "@heddle/relay/agent";
import type { Logger } from "pino";
import { RetryTimer } from "./retry-timer.ts";

/** Problems that may pass by themselves: tried again without being asked. */
const passing: ReadonlySet<ObjectProblem["code"]> = new Set([
  "Unavailable",
  "KindMissing",
  "NamespaceMissing",
  "NamespaceTerminating",
  "Terminating",
  "NotOwned",
  "FieldConflict",
  "Rejected",
]);

export interface DeliveryHandlerOptions {
  readonly applier: Pick<Applier, "inventory" | "reconcile">;
  readonly client: () => Pick<RelayClient, "sendStatus">;
  readonly log: Pick<Logger, "warn">;
  readonly signal: AbortSignal;
  /** Called after something was applied. */
  readonly onApplied: () => void;
  readonly timer?: RetryTimer;
}

/** What is to be tried again: the bundle, or its removal. */
interface Failed {
  readonly bundle: Bundle | undefined;
}

/**
 * Applies deliveries, remembers what failed and tries it again, and tells the server how each bundle stands. The README draws the states of
 * a bundle.
 */
export class DeliveryHandler {
  readonly #options: DeliveryHandlerOptions;
  readonly #timer: RetryTimer;
  /** By bundle: the hash that it was brought to, or the empty string when it has to be delivered again, or removed. */
  readonly #held = new Map<string, string>();
  /** The last reports that had problems. */
  readonly #reports = new Map<string, BundleReport>();
  readonly #failed = new Map<string, Failed>();
  /** Bundles whose content this process has been told. */
  readonly #told = new Set<string>();
  #revision = 0;

  constructor(options: DeliveryHandlerOptions) {
    this.#options = options;
    this.#timer = options.timer ?? new RetryTimer();
    options.signal.addEventListener("abort", () => this.#timer.stop());
  }

  /** Learns what the cluster holds. @throws KubeError */
  async recover(): Promise<void> {
    for (const [bundle, hash] of await this.#options.applier.inventory(this.#options.signal))
      this.#held.set(bundle, hash);
  }

  /**
   * For the server to compare with what it wants. A hash says that all of the bundle is in place, so one that has problems is told without: it
   * is delivered and reported again, which makes up for a report that was lost.
   */
  held(): { readonly id: string; readonly hash: string }[] {
    return Array.from(this.#held, ([id, hash]) => ({ id, hash: this.#reports.has(id) ? "" : hash }));
  }

  /** Calls must not overlap. */
  async deliver(delivery: ReceivedDelivery): Promise<readonly BundleReport[]> {
    this.#revision = delivery.revision;
    const wanted = new Map<string, Failed>();
    for (const bundle of delivery.bundles) wanted.set(bundle.id, { bundle: bundleOf(bundle) });
    for (const id of delivery.removed) wanted.set(id, { bundle: undefined });
    // What was tried before is not wanted any more.
    for (const id of wanted.keys()) this.#failed.delete(id);
    const reports = await this.#reconcile(wanted);
    for (const report of reports) this.#keep(report, wanted.get(report.bundle));
    if (this.#failed.size > 0) this.#timer.restart(() => this.#retry());
    return reports;
  }

  /** The bundle does not stand as it was applied, or does again. */
  drifted(finding: DriftFinding): void {
    const { bundle, object, change, outcome, owner, problem } = finding;
    this.#options.log.warn(
      { bundle, object, change, outcome, owner },
      "an owned object was changed by somebody else",
    );
    // What stood in the way of a retry may be gone: a finalizer, for one.
    if (outcome !== "left" && this.#failed.has(bundle)) this.#timer.restart(() => this.#retry());
    if (problem === undefined) return;
    // In report mode drift stays. Whatever else was left needs the bundle's content: it is asked for by saying that it is not held.
    const stays = problem.code === "Drifted" && this.#told.has(bundle);
    const known = this.#reports.get(bundle);
    const report: BundleReport = {
      bundle,
      hash: stays ? (this.#held.get(bundle) ?? "") : "",
      revision: this.#revision,
      objects: known?.objects ?? 0,
      problems: [...(known?.problems ?? []).filter((other) => other.object !== object), problem],
    };
    this.#held.set(bundle, report.hash);
    if (stays) this.#reports.set(bundle, report);
    void this.#tell([report]);
  }

  async #reconcile(wanted: ReadonlyMap<string, Failed>): Promise<readonly BundleReport[]> {
    const { applier, signal, onApplied } = this.#options;
    const upserts: Bundle[] = [];
    const removes: string[] = [];
    for (const [id, { bundle }] of wanted)
      if (bundle === undefined) removes.push(id);
      else {
        upserts.push(bundle);
        this.#told.add(id);
      }
    const reports = await applier.reconcile({ revision: this.#revision, upserts, removes }, signal);
    onApplied();
    return reports;
  }

  #keep(report: BundleReport, wanted: Failed | undefined): void {
    const { bundle, hash, problems } = report;
    const failed = problems.length > 0;
    if (failed) this.#reports.set(bundle, report);
    else this.#reports.delete(bundle);
    if (wanted !== undefined && problems.some(({ code }) => passing.has(code)))
      this.#failed.set(bundle, wanted);
    if (hash === "" && !failed) {
      this.#held.delete(bundle);
      this.#told.delete(bundle);
    } else this.#held.set(bundle, hash);
  }

  async #retry(): Promise<void> {
    const again = new Map(this.#failed);
    try {
      const reports = await this.#reconcile(again);
      // A delivery that came meanwhile has the newer word on its bundles.
      const current = reports.filter(({ bundle }) => this.#failed.get(bundle) === again.get(bundle));
      for (const report of current) {
        const wanted = again.get(report.bundle);
        this.#failed.delete(report.bundle);
        this.#keep(report, wanted);
      }
      await this.#tell(current);
    } catch (error) {
      if (this.#options.signal.aborted) return;
      if (!(error instanceof KubeError)) throw error;
    }
    if (this.#failed.size > 0) this.#timer.later(() => this.#retry());
  }

  /** Reports that cannot be sent now are not lost: on the next stream the server delivers, or removes, what is not held as a whole. */
  async #tell(reports: readonly BundleReport[]): Promise<void> {
    if (reports.length === 0) return;
    try {
      await this.#options.client().sendStatus(reports);
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      for (const { bundle } of reports) this.#held.set(bundle, "");
    }
  }
}

function bundleOf({ id, hash, objects }: ReceivedBundle): Bundle {
  return { id, hash, objects: objects as readonly KubeObject[] };
}
