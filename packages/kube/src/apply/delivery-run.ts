import type { BundleReport, ObjectProblem } from "@heddle/api";
import { KubeError } from "../client/kube-error.ts";
import type { Delivery } from "./bundle.ts";
import type { Ledger } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import { type NamedObject, ObjectRefused, problemOf } from "./problem.ts";

/** What became of one delivery so far. */
export class DeliveryRun {
  readonly plan: Plan;
  readonly #problems = new Map<string, ObjectProblem[]>();
  /** The API server was given up on for one object: the others get one try each. */
  unreachable = false;

  constructor(plan: Plan) {
    this.plan = plan;
    for (const [bundle, problems] of plan.problems) this.#problems.set(bundle, [...problems]);
  }

  /** @throws the error itself when it is a bug, the signal's reason when that is why. */
  failed(bundle: string, object: NamedObject, error: unknown, signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (!(error instanceof KubeError) && !(error instanceof ObjectRefused)) throw error;
    if (error.code === "Unreachable" || error.code === "Timeout") this.unreachable = true;
    const problems = this.#problems.get(bundle) ?? [];
    problems.push(problemOf(object, error));
    this.#problems.set(bundle, problems);
  }

  /** Delivered bundles without a problem. */
  whole({ upserts }: Delivery): string[] {
    return upserts.map((bundle) => bundle.id).filter((id) => this.isWhole(id));
  }

  isWhole(bundle: string): boolean {
    return !this.#problems.get(bundle)?.length;
  }

  reports({ revision, upserts }: Delivery, ledger: Ledger): BundleReport[] {
    const report = (bundle: string, hash: string, objects: number) => ({
      bundle,
      hash,
      revision,
      objects,
      problems: this.#problems.get(bundle) ?? [],
    });
    const inPlace = (id: string, hash: string) =>
      ledger.ofBundle(id).filter((entry) => entry.hash === hash).length;
    return [
      ...upserts.map(({ id, hash }) => report(id, hash, inPlace(id, hash))),
      ...this.plan.removes.map((id) => report(id, "", ledger.ofBundle(id).length)),
    ];
  }
}

/** The reports of a delivery of which nothing was tried, as what is owned could not be found out. */
export function unavailable({ revision, upserts, removes }: Delivery, error: KubeError): BundleReport[] {
  const report = (bundle: string, hash: string, objects: readonly NamedObject[]) => ({
    bundle,
    hash,
    revision,
    objects: 0,
    problems: objects.map((object) => problemOf(object, error)),
  });
  return [
    ...upserts.map(({ id, hash, objects }) => report(id, hash, objects)),
    ...removes.map((id) => report(id, "", [{ apiVersion: "", kind: "", metadata: { name: "" } }])),
  ];
}
