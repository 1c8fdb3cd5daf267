import type { ResourceKey } from "@heddle/api";

/** Where a value comes from: a resource and the path of the field in it, e.g. `spec.rules[0].timeout`. */
export interface Provenance {
  readonly resource: ResourceKey;
  readonly path: string;
}

export interface Sourced<T> {
  readonly value: T;
  readonly from: Provenance;
}
