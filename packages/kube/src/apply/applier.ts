import type { BundleReport, ObjectRef } from "@heddle/api";
import type { KubeClient } from "../client/client.ts";
import type { Discovery } from "../client/discovery.ts";
import { KubeError } from "../client/kube-error.ts";
import { type Clock, type Random, systemClock } from "../clock.ts";
import { forEachLimited } from "../for-each-limited.ts";
import type { KubeObject, ObjectKey } from "../kube-object.ts";
import type { Delivery } from "./bundle.ts";
import { DeliveryRun, unavailable } from "./delivery-run.ts";
import { Ledger, type LedgerEntry } from "./ledger.ts";
import { addsNames, definesSubsets, isLedTo, isRoute, widened } from "./make-before-break.ts";
import { type DriftMode, ObjectWriter } from "./object-writer.ts";
import { adoptAnnotation } from "./ownership.ts";
import { type ApplyTask, planDelivery, planPrune } from "./plan.ts";
import { ObjectRefused, refOf } from "./problem.ts";
import { Recovery } from "./recover.ts";
import { type RetryOptions, withRetries } from "./retry.ts";
import { type DriftFinding, verifyObject } from "./verify-object.ts";
import { inWaves } from "./waves.ts";

export interface ApplierOptions {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  /** What to do when somebody changed an owned object; `repair` unless told. */
  readonly drift?: DriftMode;
  /** Objects of others that may be taken over, besides those that say so by annotation. */
  readonly adopt?: Iterable<ObjectRef>;
  /** Requests at a time; 8 unless told. */
  readonly parallel?: number;
  /** Tries an object before it is reported as `Unavailable`; 5 unless told. */
  readonly attempts?: number;
  /** How long to wait between what routes lead to and the routes, and between these and what they led to, in ms; 0 unless told. */
  readonly settleMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Applies and removes bundles, one delivery at a time. `README.md` tells what survives what. */
export class Applier {
  readonly #options: ApplierOptions;
  readonly #writer: ObjectWriter;
  readonly #adopt: ReadonlySet<ObjectRef>;
  readonly #ledger = new Ledger();
  readonly #recovery: Recovery;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ApplierOptions) {
    this.#options = options;
    this.#writer = new ObjectWriter(options.client, options.discovery);
    this.#recovery = new Recovery(options.client, options.discovery, this.#ledger);
    this.#adopt = new Set(options.adopt);
  }

  /**
   * Every bundle of which something is in the cluster, with its hash when exactly its objects are there and none is in doubt, else with the
   * empty string: such a bundle must be delivered again, or removed. @throws KubeError when the cluster cannot be asked.
   */
  inventory(signal?: AbortSignal): Promise<Map<string, string>> {
    return this.#inTurn(async () => {
      await this.#recovery.run(this.#retries(signal), this.#parallel);
      return new Map([...this.#ledger.bundles()].map((id) => [id, this.#ledger.hashInPlace(id) ?? ""]));
    });
  }

  /**
   * Brings the cluster to what the delivery says and reports on each bundle of it. What fails is a problem in a report and stays as it was.
   * @throws the signal's reason when aborted; then any part may have been done.
   */
  reconcile(delivery: Delivery, signal?: AbortSignal): Promise<BundleReport[]> {
    return this.#inTurn(async () => {
      try {
        await this.#recovery.run(this.#retries(signal), this.#parallel);
      } catch (error) {
        if (error instanceof KubeError) return unavailable(delivery, error);
        throw error;
      }
      const run = new DeliveryRun(planDelivery(delivery, this.#ledger));
      for (const task of run.plan.inPlace) this.#remember(task);
      const routesChanged = await this.#applyAll(run, signal);
      // A bundle that could not be applied keeps what it had: its old objects may be what still works.
      const leftovers = planPrune(run.plan, run.whole(delivery), this.#ledger);
      await this.#removeAll(run, leftovers, routesChanged, signal);
      return run.reports(delivery, this.#ledger);
    });
  }

  /** Compares one object with what was applied, and repairs it if that is wanted. Undefined when it is as it should be. @throws KubeError. */
  verify(key: ObjectKey, signal?: AbortSignal): Promise<DriftFinding | undefined> {
    return this.#inTurn(() =>
      verifyObject(
        { ledger: this.#ledger, writer: this.#writer, drift: this.#drift, retries: this.#retries(signal) },
        key,
      ),
    );
  }

  /** What has been applied, for comparison with what a watch shows. */
  recorded(key: ObjectKey): LedgerEntry | undefined {
    return this.#ledger.get(key);
  }

  /** Everything that Heddle owns, as far as it is known. */
  owned(): Iterable<LedgerEntry> {
    return this.#ledger.entries();
  }

  /** Wave by wave. What routes lead to is there a while before they do, and what they led to stays a while after. */
  async #applyAll(run: DeliveryRun, signal: AbortSignal | undefined): Promise<boolean> {
    const waves = inWaves(run.plan.tasks);
    const routesChange = run.plan.tasks.some(isRoute);
    const narrowed: ApplyTask[] = [];
    let fresh = false;
    for (const wave of waves) {
      if (fresh && wave.some(isRoute)) await this.#settle(signal);
      await forEachLimited(wave, this.#parallel, async (task) => {
        const earlier = routesChange && isLedTo(task) ? await this.#earlier(task, signal) : undefined;
        fresh ||= addsNames(task.desired, earlier);
        const wide = earlier && widened(task, earlier);
        if (wide) narrowed.push(task);
        await this.#applyTask(run, wide ? { ...task, desired: wide } : task, signal);
      });
      if (wave.some(({ kind }) => kind === "CustomResourceDefinition")) this.#options.discovery.invalidate();
    }
    // Where a route could not be written, the old one still leads to what would be taken away.
    const left = narrowed.filter(({ bundle }) => run.isWhole(bundle.id));
    if (left.length > 0) await this.#settle(signal);
    await forEachLimited(left, this.#parallel, (task) => this.#applyTask(run, task, signal));
    return routesChange;
  }

  /** Routes first, and what they led to a while later. */
  async #removeAll(
    run: DeliveryRun,
    entries: readonly LedgerEntry[],
    routesChanged: boolean,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    let stale = routesChanged;
    for (const wave of inWaves(entries, (entry) => entry.object).reverse()) {
      if (stale && wave.some(({ object }) => isLedTo(object))) {
        await this.#settle(signal);
        stale = false;
      }
      await forEachLimited(wave, this.#parallel, (entry) => this.#removeEntry(run, entry, signal));
      stale ||= wave.some(({ object }) => isRoute(object));
    }
  }

  /** The owned object as it was applied last; as it is in the cluster after a restart. */
  async #earlier(
    { key, desired }: ApplyTask,
    signal: AbortSignal | undefined,
  ): Promise<KubeObject | undefined> {
    const entry = this.#ledger.get(key);
    if (entry?.desired !== undefined) return JSON.parse(entry.desired) as KubeObject;
    if (entry === undefined || !definesSubsets(desired)) return entry && desired;
    return this.#writer.read(desired, signal).catch(() => undefined);
  }

  async #settle(signal: AbortSignal | undefined): Promise<void> {
    const { clock = systemClock, settleMs = 0 } = this.#options;
    if (settleMs > 0) await clock.sleep(settleMs, signal);
  }

  async #applyTask(run: DeliveryRun, task: ApplyTask, signal: AbortSignal | undefined): Promise<void> {
    const { desired, key } = task;
    const adopt =
      desired.metadata.annotations?.[adoptAnnotation] === "true" || this.#adopt.has(refOf(desired));
    const options = { drift: this.#drift, adopt, signal };
    const retryable = (error: unknown) => {
      if (!(error instanceof ObjectRefused)) return error instanceof KubeError && error.retryable;
      // A CRD of this delivery is served a moment after it is written.
      const soon = error.code === "KindMissing" && run.plan.defines(task);
      if (soon) this.#options.discovery.invalidate();
      return soon;
    };
    try {
      const attempt = () => this.#writer.apply(desired, this.#ledger.get(key), options);
      this.#ledger.set(await withRetries(this.#retries(signal, run.unreachable), attempt, retryable));
    } catch (error) {
      run.failed(task.bundle.id, desired, error, signal);
    }
  }

  async #removeEntry(run: DeliveryRun, entry: LedgerEntry, signal: AbortSignal | undefined): Promise<void> {
    this.#ledger.leave(entry);
    try {
      await withRetries(this.#retries(signal, run.unreachable), () => this.#writer.remove(entry, signal));
      this.#ledger.delete(entry.key);
    } catch (error) {
      run.failed(entry.bundle, entry.object, error, signal);
    }
  }

  /** After a restart, what is in place becomes repairable when it is delivered again. */
  #remember({ key, desired }: ApplyTask): void {
    const entry = this.#ledger.get(key);
    if (entry && entry.desired === undefined)
      this.#ledger.set({ ...entry, desired: JSON.stringify(desired) });
  }

  get #parallel(): number {
    return this.#options.parallel ?? 8;
  }

  get #drift(): DriftMode {
    return this.#options.drift ?? "repair";
  }

  #retries(signal: AbortSignal | undefined, once = false): RetryOptions {
    const { clock = systemClock, random = Math.random, attempts = 5 } = this.#options;
    return { clock, random, attempts: once ? 1 : attempts, signal };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}
