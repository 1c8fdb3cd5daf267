import type { ClusterFact, InventoryDelta, Resource, ResourceKey } from "@heddle/api";
import type { Policy } from "../world/target-index.ts";

/** One change of the inputs; what is replaced is told by its key. */
export type Change =
  | {
      readonly kind: "resource";
      readonly key: ResourceKey;
      readonly resource: Resource | undefined;
      /** Generations that may stand in for it, newest first (`fallbacksOf`); what was there before unless given. */
      readonly earlier?: readonly Policy[];
    }
  | { readonly kind: "cluster"; readonly name: string; readonly cluster: ClusterFact | undefined }
  | { readonly kind: "inventory"; readonly cluster: string; readonly delta: InventoryDelta };
