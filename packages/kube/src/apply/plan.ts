import type { ObjectProblem } from "@heddle/api";
import { groupOf, type KubeObject, type ObjectKey, objectKey } from "../kube-object.ts";
import type { Bundle, Delivery } from "./bundle.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";
import { stamp } from "./ownership.ts";
import { ObjectRefused, problemOf } from "./problem.ts";

/** One object to write. */
export interface ApplyTask {
  readonly bundle: Bundle;
  readonly key: ObjectKey;
  readonly desired: KubeObject;
  readonly apiVersion: string;
  readonly kind: string;
}

export interface Plan {
  readonly tasks: readonly ApplyTask[];
  /** Objects of bundles that are in place with the same hash: nothing to write. */
  readonly inPlace: readonly ApplyTask[];
  /** Objects that some delivered bundle has: never deleted, whatever becomes of their bundles. */
  readonly wanted: ReadonlySet<ObjectKey>;
  /** Bundles that go. */
  readonly removes: readonly string[];
  /** By bundle: what is wrong before anything was tried. */
  readonly problems: ReadonlyMap<string, readonly ObjectProblem[]>;
  /** Whether a CRD of the delivery brings the kind. */
  defines(kind: { readonly apiVersion: string; readonly kind: string }): boolean;
}

/** What a delivery asks to write. */
export function planDelivery(delivery: Delivery, ledger: Ledger): Plan {
  const tasks: ApplyTask[] = [];
  const inPlace: ApplyTask[] = [];
  const claimed = new Map<ObjectKey, string>();
  const problems = new Map<string, ObjectProblem[]>();
  for (const bundle of delivery.upserts) {
    const target = ledger.hashInPlace(bundle.id) === bundle.hash ? inPlace : tasks;
    const refused: ObjectProblem[] = [];
    problems.set(bundle.id, refused);
    for (const object of bundle.objects) {
      const complaint = complaintOf(object, claimed);
      if (complaint) {
        refused.push(problemOf(nameable(object), new ObjectRefused("Malformed", complaint)));
        continue;
      }
      const key = objectKey(object);
      claimed.set(key, bundle.id);
      target.push({
        bundle,
        key,
        desired: stamp(object, bundle),
        apiVersion: object.apiVersion,
        kind: object.kind,
      });
    }
  }
  const going = new Set([...delivery.removes, ...(delivery.complete ? ledger.bundles() : [])]);
  const defined = new Set(tasks.flatMap(({ desired }) => definedKind(desired) ?? []));
  return {
    tasks,
    inPlace,
    wanted: new Set(claimed.keys()),
    removes: [...going].filter((id) => !problems.has(id)),
    problems,
    defines: ({ apiVersion, kind }) => defined.has(`${groupOf(apiVersion)} ${kind}`),
  };
}

/** What is to be deleted after the applies: what the going bundles own, and what whole bundles no longer have. */
export function planPrune(plan: Plan, whole: readonly string[], ledger: Ledger): LedgerEntry[] {
  return [...plan.removes, ...whole]
    .flatMap((bundle) => ledger.ofBundle(bundle))
    .filter((entry) => !plan.wanted.has(entry.key));
}

function complaintOf(object: KubeObject, claimed: ReadonlyMap<ObjectKey, string>): string | undefined {
  if (!object.apiVersion || !object.kind) return "has no apiVersion or no kind";
  if (!object.metadata?.name) return "has no name";
  const other = claimed.get(objectKey(object));
  return other === undefined ? undefined : `is in bundle ${other} as well`;
}

function nameable(object: KubeObject): KubeObject {
  const { apiVersion = "", kind = "", metadata } = object;
  return { apiVersion, kind, metadata: { ...metadata, name: metadata?.name ?? "" } };
}

function definedKind({ kind, spec }: KubeObject): string | undefined {
  return kind === "CustomResourceDefinition" && isCrdSpec(spec)
    ? `${spec.group} ${spec.names.kind}`
    : undefined;
}

function isCrdSpec(spec: unknown): spec is { group: string; names: { kind: string } } {
  return typeof spec === "object" && spec !== null && "group" in spec && "names" in spec;
}
