import type { ClusterFact, InventoryDelta, Resource, ResourceKey } from "@heddle/api";

/** One change of the inputs; what is replaced is told by its key. */
export type Change =
  | { readonly kind: "resource"; readonly key: ResourceKey; readonly resource: Resource | undefined }
  | { readonly kind: "cluster"; readonly name: string; readonly cluster: ClusterFact | undefined }
  | { readonly kind: "inventory"; readonly cluster: string; readonly delta: InventoryDelta };
