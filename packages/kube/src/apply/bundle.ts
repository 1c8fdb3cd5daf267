import type { KubeObject } from "../kube-object.ts";

/** The objects of one unit, delivered together. */
export interface Bundle {
  readonly id: string;
  /** Hash of the content, as the server computes it. */
  readonly hash: string;
  readonly objects: readonly KubeObject[];
}

/** What one delivery asks for. */
export interface Delivery {
  /** Revision that the delivery brings the cluster to. */
  readonly revision: number;
  readonly upserts: readonly Bundle[];
  /** Ids of bundles that are to go. */
  readonly removes: readonly string[];
  /** `upserts` are all bundles of this cluster: every other one is removed. */
  readonly complete?: boolean;
}
