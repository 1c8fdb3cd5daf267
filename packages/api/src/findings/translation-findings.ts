import type { CatalogueEntry } from "./entry.ts";

/** Found while a resource is turned into a mesh's own configuration, for one cluster each. */
export const translationFindings = {
  REJECTED_BY_AUTHOR: {
    severity: "error",
    title: "Kept out, as the resource asks",
    explanation:
      "A field cannot be expressed there and the resource has onUnsupported: reject, so nothing of it is applied in this cluster.",
    remedy: "remove the field for this mesh, or set onUnsupported: warn",
  },
} as const satisfies Record<string, CatalogueEntry>;
