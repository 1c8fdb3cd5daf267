import type { ObjectRef } from "@heddle/api";
import type { JsonObject } from "../canonical-json.ts";
import type { Provenance } from "../provenance.ts";
import type { VerdictLevel } from "../translation/capability.ts";

/** What is the same in several clusters is told once. Cluster names are in order, and so is everything else. */
export type InClusters<T> = Omit<T, "cluster"> & { readonly clusters: readonly string[] };

/** What changes would do, without having done it. */
export interface Plan {
  readonly objects: readonly InClusters<ObjectChange>[];
  /** Fields that would not land as written, or differently than now. */
  readonly verdicts: readonly InClusters<VerdictChange>[];
  /** Findings that are not there now. */
  readonly findings: readonly InClusters<PlanFinding>[];
  /** Conflicts that are not there now. */
  readonly conflicts: readonly InClusters<PlanConflict>[];
  /** What could stop working. */
  readonly risks: readonly (InClusters<Omit<Risk, "destination">> & {
    /** `namespace/name`. */
    readonly destinations: readonly string[];
  })[];
}

export interface ObjectChange {
  readonly cluster: string;
  readonly object: ObjectRef;
  readonly action: "create" | "change" | "delete";
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
  /** Fields of the edited resources that bring the change; of other resources only where the edits work through them. */
  readonly because: readonly Provenance[];
}

export interface VerdictChange extends Provenance {
  readonly cluster: string;
  readonly level: VerdictLevel;
  readonly how: string;
  /** The level now; undefined when the field is new there. */
  readonly was: VerdictLevel | undefined;
}

export interface PlanFinding extends Provenance {
  readonly cluster: string;
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
}

export interface PlanConflict {
  readonly cluster: string;
  readonly winner: Provenance;
  readonly loser: Provenance;
  /** The field where only an object shows it, e.g. `VirtualService shop/reviews spec.http`. */
  readonly at: string | undefined;
}

/**
 * `BACKEND_MISSING`: a split names a Service that is not there. `NO_BACKENDS`: nothing in the inventory is behind a split, or behind a part
 * of it. `CLIENTS_SHUT_OUT`: clients that may call now and may no longer. `CLIENTS_RESTRICTED`: clients for which less is allowed, or it
 * hangs on what the inventory does not tell. `CLIENTS_NOT_MESHED`: mTLS becomes required, these have no proxy. `TOKEN_REQUIRED`: requests
 * without a token are refused from then on.
 */
export type RiskCode =
  | "BACKEND_MISSING"
  | "NO_BACKENDS"
  | "CLIENTS_SHUT_OUT"
  | "CLIENTS_RESTRICTED"
  | "CLIENTS_NOT_MESHED"
  | "TOKEN_REQUIRED";

export interface Risk {
  readonly cluster: string;
  readonly code: RiskCode;
  /** `namespace/name` of the Service. */
  readonly destination: string;
  readonly reason: string;
  /** Who is concerned, e.g. `shop/productpage` (namespace and service account); empty when it is everybody. */
  readonly clients: readonly string[];
  readonly because: readonly Provenance[];
}

export interface PlanSummary {
  readonly create: number;
  readonly change: number;
  readonly delete: number;
  readonly clusters: number;
}

/** Objects by what happens to them, counted in every cluster, and how many clusters that are. */
export function summaryOf({ objects }: Plan): PlanSummary {
  const counts = { create: 0, change: 0, delete: 0 };
  const clusters = new Set<string>();
  for (const change of objects) {
    counts[change.action] += change.clusters.length;
    for (const cluster of change.clusters) clusters.add(cluster);
  }
  return { ...counts, clusters: clusters.size };
}
