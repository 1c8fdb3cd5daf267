import type { BundleReport, ObjectProblem, ObjectRef } from "@heddle/api";
import type { KubeClient } from "../client/client.ts";
import type { Discovery } from "../client/discovery.ts";
import { KubeError } from "../client/kube-error.ts";
import type { Resource } from "../client/resource.ts";
import { type Clock, type Random, systemClock } from "../clock.ts";
import { forEachLimited } from "../for-each-limited.ts";
import type { KubeObject, ObjectKey } from "../kube-object.ts";
import type { Delivery } from "./bundle.ts";
import { Ledger, type LedgerEntry, ledgerEntry } from "./ledger.ts";
import { type DriftMode, ObjectWriter } from "./object-writer.ts";
import { adoptAnnotation, holderOf } from "./ownership.ts";
import { type ApplyTask, type Plan, planDelivery, planPrune } from "./plan.ts";
import { ObjectRefused, problemOf, refOf } from "./problem.ts";
import { listOwned, mayBeOwned } from "./recover.ts";
import { type RetryOptions, withRetries } from "./retry.ts";
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
  readonly clock?: Clock;
  readonly random?: Random;
}

/** What was found when an object was compared with what had been applied. */
export interface DriftFinding {
  readonly bundle: string;
  readonly object: ObjectRef;
  readonly change: "changed" | "deleted" | "released";
  /** Who did it, where the object says so. */
  readonly owner?: string;
  /** `repaired`: as it should be again. `left`: reported only, or its content is not known (then its bundle is no longer in the inventory). */
  readonly outcome: "repaired" | "left";
  /** Why it could not be repaired, or that it was not to be. */
  readonly problem?: ObjectProblem;
}

/** Applies and removes bundles, one delivery at a time. `README.md` tells what survives what. */
export class Applier {
  readonly #options: ApplierOptions;
  readonly #writer: ObjectWriter;
  readonly #adopt: ReadonlySet<ObjectRef>;
  readonly #ledger = new Ledger();
  /** Kinds whose owned objects are not known yet; undefined before the first question. */
  #unlisted: Resource[] | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ApplierOptions) {
    this.#options = options;
    this.#writer = new ObjectWriter(options.client, options.discovery);
    this.#adopt = new Set(options.adopt);
  }

  /** Bundles that are completely in the cluster, with their hashes. @throws KubeError when the cluster cannot be asked. */
  inventory(signal?: AbortSignal): Promise<Map<string, string>> {
    return this.#inTurn(async () => {
      await this.#recover(signal);
      const inventory = new Map<string, string>();
      for (const bundle of this.#ledger.bundles()) {
        const hash = this.#ledger.hashInPlace(bundle);
        if (hash !== undefined) inventory.set(bundle, hash);
      }
      return inventory;
    });
  }

  /**
   * Brings the cluster to what the delivery says and reports on each bundle of it. What fails is a problem in a report and stays as it was.
   * @throws the signal's reason when aborted; then any part may have been done.
   */
  reconcile(delivery: Delivery, signal?: AbortSignal): Promise<BundleReport[]> {
    return this.#inTurn(async () => {
      try {
        await this.#recover(signal);
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        return unavailable(delivery, error);
      }
      const run = new DeliveryRun(planDelivery(delivery, this.#ledger));
      const kinds = definedKinds(run.plan);
      for (const wave of inWaves(run.plan.tasks)) {
        await forEachLimited(wave, this.#parallel, (task) => this.#applyTask(run, task, kinds, signal));
        if (wave.some((task) => task.kind === "CustomResourceDefinition"))
          this.#options.discovery.invalidate();
      }
      // A bundle that could not be applied keeps what it had: its old objects may be what still works.
      const whole = delivery.upserts
        .map((bundle) => bundle.id)
        .filter((id) => run.problemsOf(id).length === 0);
      for (const wave of inWaves(planPrune(run.plan, whole, this.#ledger).map(byKind)).reverse())
        await forEachLimited(wave, this.#parallel, (task) => this.#removeEntry(run, task.entry, signal));
      return reports(delivery, run);
    });
  }

  /** What has been applied, for comparison with what a watch shows. */
  recorded(key: ObjectKey): Pick<LedgerEntry, "fields" | "hash"> | undefined {
    return this.#ledger.get(key);
  }

  /** Kinds of which Heddle owns something. */
  kindsInUse(): { apiVersion: string; kind: string }[] {
    const kinds = new Map<string, { apiVersion: string; kind: string }>();
    for (const { object } of this.#ledger.entries())
      kinds.set(`${object.apiVersion} ${object.kind}`, { apiVersion: object.apiVersion, kind: object.kind });
    return [...kinds.values()];
  }

  /** Compares one object with what was applied, and repairs it if that is wanted. Undefined when it is as it should be. @throws KubeError. */
  verify(key: ObjectKey, signal?: AbortSignal): Promise<DriftFinding | undefined> {
    return this.#inTurn(async () => {
      const entry = this.#ledger.get(key);
      if (!entry) return undefined;
      const existing = await withRetries(this.#retries(signal), () =>
        this.#writer.look(entry.object, signal),
      );
      const now = existing && ledgerEntry(existing);
      if (now && now.fields === entry.fields && now.hash === entry.hash && now.bundle === entry.bundle) {
        this.#ledger.set({ ...entry, resourceVersion: now.resourceVersion });
        return undefined;
      }
      const owner = existing && holderOf(existing.metadata);
      const finding = {
        bundle: entry.bundle,
        object: refOf(entry.object),
        change: now ? "changed" : existing ? "released" : "deleted",
        ...(owner ? { owner } : {}),
      } as const;
      if (now) this.#ledger.set({ ...entry, resourceVersion: now.resourceVersion, suspect: true });
      if (existing && !now) this.#ledger.delete(key);
      return { ...finding, ...(await this.#repair(entry, finding.change, owner, signal)) };
    });
  }

  async #repair(
    entry: LedgerEntry,
    change: DriftFinding["change"],
    owner: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Pick<DriftFinding, "outcome" | "problem">> {
    const gone = change === "deleted";
    try {
      if (change === "released") throw new ObjectRefused("NotOwned", "its marks were removed", { owner });
      if (entry.desired === undefined || (this.#drift === "report" && !gone)) {
        if (gone) this.#ledger.delete(entry.key);
        throw new ObjectRefused("Drifted", `was ${change} by somebody else`, { owner });
      }
      const desired: KubeObject = JSON.parse(entry.desired);
      const known = gone ? undefined : this.#ledger.get(entry.key);
      const applied = await withRetries(this.#retries(signal), () =>
        this.#writer.apply(desired, known, { drift: "repair", adopt: false, signal }),
      );
      this.#ledger.set(applied);
      return { outcome: "repaired" };
    } catch (error) {
      signal?.throwIfAborted();
      if (gone) this.#ledger.delete(entry.key);
      return { outcome: "left", problem: problemOf(entry.object, error) };
    }
  }

  async #applyTask(
    run: DeliveryRun,
    task: ApplyTask,
    defined: ReadonlySet<string>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { desired, key } = task;
    const adopt =
      desired.metadata.annotations?.[adoptAnnotation] === "true" || this.#adopt.has(refOf(desired));
    const retryable = (error: unknown) => {
      if (!(error instanceof ObjectRefused)) return error instanceof KubeError && error.retryable;
      // A CRD of this delivery is served a moment after it is written.
      const soon = error.code === "KindMissing" && defined.has(kindName(task));
      if (soon) this.#options.discovery.invalidate();
      return soon;
    };
    try {
      const entry = await withRetries(
        this.#retries(signal, run.unreachable),
        () => this.#writer.apply(desired, this.#ledger.get(key), { drift: this.#drift, adopt, signal }),
        retryable,
      );
      this.#ledger.set(entry);
    } catch (error) {
      run.failed(task.bundle.id, desired, error, signal);
    }
  }

  async #removeEntry(run: DeliveryRun, entry: LedgerEntry, signal: AbortSignal | undefined): Promise<void> {
    try {
      await withRetries(this.#retries(signal, run.unreachable), () => this.#writer.remove(entry, signal));
      this.#ledger.delete(entry.key);
    } catch (error) {
      run.failed(entry.bundle, entry.object, error, signal);
    }
  }

  /** Learns what Heddle owns from the marks on the objects; kinds that cannot be listed now are asked again the next time. */
  async #recover(signal: AbortSignal | undefined): Promise<void> {
    const retries = this.#retries(signal);
    this.#unlisted ??= (await withRetries(retries, () => this.#options.discovery.allResources())).filter(
      mayBeOwned,
    );
    const unlisted: Resource[] = [];
    await forEachLimited(this.#unlisted, this.#parallel, async (resource) => {
      try {
        const entries = await withRetries(retries, () => listOwned(this.#options.client, resource, signal));
        // What was applied meanwhile is known better.
        for (const entry of entries) if (!this.#ledger.get(entry.key)) this.#ledger.set(entry);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof KubeError)) throw error;
        unlisted.push(resource);
      }
    });
    this.#unlisted = unlisted;
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

/** What became of one delivery so far. */
class DeliveryRun {
  readonly plan: Plan;
  readonly #problems = new Map<string, ObjectProblem[]>();
  /** The API server was given up on for one object: the others get one try each. */
  unreachable = false;

  constructor(plan: Plan) {
    this.plan = plan;
    for (const [bundle, problems] of plan.problems) this.#problems.set(bundle, [...problems]);
  }

  problemsOf(bundle: string): readonly ObjectProblem[] {
    return this.#problems.get(bundle) ?? [];
  }

  failed(
    bundle: string,
    object: KubeObject | LedgerEntry["object"],
    error: unknown,
    signal?: AbortSignal,
  ): void {
    signal?.throwIfAborted();
    if (!(error instanceof KubeError) && !(error instanceof ObjectRefused)) throw error;
    if (error.code === "Unreachable" || error.code === "Timeout") this.unreachable = true;
    const problems = this.#problems.get(bundle);
    if (problems) problems.push(problemOf(object, error));
    else this.#problems.set(bundle, [problemOf(object, error)]);
  }
}

function reports(delivery: Delivery, run: DeliveryRun): BundleReport[] {
  const { revision } = delivery;
  const applied = delivery.upserts.map(({ id, hash, objects }) => {
    const problems = [...run.problemsOf(id)];
    return { bundle: id, hash, revision, objects: Math.max(0, objects.length - problems.length), problems };
  });
  const removed = run.plan.removes.map((id) => {
    const problems = [...run.problemsOf(id)];
    return { bundle: id, hash: "", revision, objects: 0, problems };
  });
  return [...applied, ...removed];
}

/** Nothing was tried: what is owned could not be found out. */
function unavailable(delivery: Delivery, error: KubeError): BundleReport[] {
  const { revision } = delivery;
  const applied = delivery.upserts.map(({ id, hash, objects }) => ({
    bundle: id,
    hash,
    revision,
    objects: 0,
    problems: objects.map((object) => problemOf(object, error)),
  }));
  const problems = [problemOf({ apiVersion: "", kind: "", metadata: { name: "" } }, error)];
  return [
    ...applied,
    ...delivery.removes.map((bundle) => ({ bundle, hash: "", revision, objects: 0, problems })),
  ];
}

function byKind(entry: LedgerEntry): { entry: LedgerEntry; apiVersion: string; kind: string } {
  return { entry, apiVersion: entry.object.apiVersion, kind: entry.object.kind };
}

/** `group Kind` of each CRD that the delivery brings. */
function definedKinds(plan: Plan): ReadonlySet<string> {
  const kinds = new Set<string>();
  for (const { desired } of plan.tasks) {
    const spec = desired["spec"];
    if (desired.kind === "CustomResourceDefinition" && isCrdSpec(spec))
      kinds.add(`${spec.group} ${spec.names.kind}`);
  }
  return kinds;
}

function isCrdSpec(spec: unknown): spec is { group: string; names: { kind: string } } {
  return typeof spec === "object" && spec !== null && "group" in spec && "names" in spec;
}

function kindName(task: ApplyTask): string {
  return `${task.apiVersion.split("/")[0]} ${task.kind}`;
}
