import type { CatalogueEntry } from "./entry.ts";

/** Found while a resource is turned into a mesh's own configuration, for one cluster each. */
export const translationFindings = {
  UNSUPPORTED_FIELD: {
    severity: "warning",
    title: "The mesh cannot say this field",
    explanation:
      "The mesh, or its version, has nothing that does what the field says. The rest of the resource is applied.",
    remedy: "remove the field for this mesh, upgrade the mesh, or set onUnsupported: reject",
  },
  APPROXIMATED_FIELD: {
    severity: "info",
    title: "The mesh says this field a little differently",
    explanation: "The closest that the mesh can do is applied; the finding names the difference.",
    remedy: "check whether the difference matters to you",
  },
  REJECTED_BY_AUTHOR: {
    severity: "error",
    title: "Kept out, as the resource asks",
    explanation:
      "A field cannot be expressed there and the resource has onUnsupported: reject, so nothing of it is applied in this cluster.",
    remedy: "remove the field for this mesh, or set onUnsupported: warn",
  },
  REFUSED_SECURITY: {
    severity: "error",
    title: "Refused, because it would be weaker than written",
    explanation:
      "Access and authentication are never weakened. The mesh cannot express this, and nothing stricter was allowed.",
    remedy: "write it in a form that the mesh has, or set onUnsupported: stricter",
  },
  STRICTER_THAN_WRITTEN: {
    severity: "warning",
    title: "Enforced more strictly than written",
    explanation: "The mesh cannot say the condition, so it lets less through than the resource would.",
    remedy: "check that nothing you need is denied",
  },
  VERSION_TOO_OLD: {
    severity: "warning",
    title: "The mesh is too old for this field",
    explanation: "A newer version of the same mesh can express the field.",
    remedy: "upgrade the mesh",
  },
  API_MISSING: {
    severity: "error",
    title: "The cluster lacks the API",
    explanation:
      "The object that would be written is of a kind that the cluster's API server does not serve.",
    remedy: "install the mesh's CRDs",
  },
  OBJECT_CONFLICT: {
    severity: "error",
    title: "The object belongs to someone else",
    explanation:
      "An object of this name, or a field of it, is owned by another manager and is left as it is.",
    remedy: "adopt the object, or remove it",
  },
  FEATURE_NEEDS_RESTART: {
    severity: "info",
    title: "It takes effect when pods restart",
    explanation: "The mesh reads this setting only when a proxy starts.",
    remedy: "restart the workloads",
  },
  TOPOLOGY_UNSUPPORTED: {
    severity: "error",
    title: "The mesh cannot be wired like this",
    explanation: "The mesh, or its version, does not support this combination of roles and networks.",
    remedy: "choose a topology that the reference lists for the mesh",
  },
  TRUST_MISMATCH: {
    severity: "error",
    title: "The members do not trust each other",
    explanation: "Their certificates do not lead to a common root, so nothing can pass between them.",
    remedy: "give the members one trust anchor, or trust.mode: federated",
  },
  ROTATION_BLOCKED: {
    severity: "warning",
    title: "The rotation waits",
    explanation:
      "A phase of the rotation has not been confirmed in every cluster; going on would break traffic.",
    remedy: "reconnect the clusters that are named, or exclude them",
  },
} as const satisfies Record<string, CatalogueEntry>;
