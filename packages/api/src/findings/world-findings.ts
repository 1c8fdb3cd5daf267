import type { CatalogueEntry } from "./entry.ts";

/** Found by looking at a resource together with the others and with what the clusters have. */
export const worldFindings = {
  TARGET_NOT_FOUND: {
    severity: "warning",
    title: "The target does not exist",
    explanation: "Nothing that was discovered has this name, or these labels. The resource waits for it.",
    remedy: "correct the target, or create what it names",
  },
  DESTINATION_NOT_FOUND: {
    severity: "error",
    title: "The destination does not exist",
    explanation: "Requests would be sent to something that is not there.",
    remedy: "correct the destination, or create it first",
  },
  REFERENCE_NOT_FOUND: {
    severity: "error",
    title: "The resource it refers to does not exist",
    explanation: "Another resource is named that is neither stored nor part of the same input.",
    remedy: "correct the name, or apply both together",
  },
  CLUSTER_NOT_FOUND: {
    severity: "error",
    title: "No such cluster",
    explanation: "No cluster of this name is registered.",
    remedy: "correct the name, or register the cluster",
  },
  WORKSPACE_NOT_FOUND: {
    severity: "error",
    title: "No such workspace",
    explanation: "No workspace of this name exists.",
    remedy: "correct the name, or create the workspace",
  },
  PORT_NOT_FOUND: {
    severity: "error",
    title: "The destination has no such port",
    explanation: "The destination exists, but does not serve this port.",
    remedy: "use one of the destination's ports",
  },
  SECRET_NOT_FOUND: {
    severity: "error",
    title: "The secret does not exist",
    explanation: "A secret is referred to that is not there, or lacks the key.",
    remedy: "create the secret, or correct the reference",
  },
  NO_MESH: {
    severity: "warning",
    title: "No mesh at the target",
    explanation:
      "The target exists, but no mesh runs its proxies, so nothing can enforce the resource there.",
    remedy: "enrol the namespace or workload in a mesh and restart its pods",
  },
  WORKSPACE_NOT_ALLOWED: {
    severity: "error",
    title: "The workspace may not do this",
    explanation:
      "The target belongs to another workspace, which does not export it to this one, or the field is only for its owner.",
    remedy: "ask the owning workspace for an export, or move the resource there",
  },
  FORBIDDEN: {
    severity: "error",
    title: "Your roles do not allow this",
    explanation: "No role that is bound to you has this verb for this kind in this workspace.",
    remedy: "ask an administrator for a RoleBinding",
  },
  CONFLICT: {
    severity: "warning",
    title: "Two resources say different things",
    explanation:
      "Both have the same rank; the one that was accepted first holds. Both say with whom they conflict.",
    remedy: "remove one of the two, or make one of them narrower",
  },
  SHADOWED_RULE: {
    severity: "warning",
    title: "Another resource's rule takes all its requests",
    explanation: "A rule of a resource that ranks higher matches every request that would reach this one.",
    remedy: "narrow the other rule, or name the target more narrowly here",
  },
  STALE_VERSION: {
    severity: "error",
    title: "The resource has changed meanwhile",
    explanation:
      "`metadata.resourceVersion` is not that of the stored resource, so someone else's change would be lost.",
    remedy: "read the resource again and apply your change to it",
  },
  DELEGATION_CYCLE: {
    severity: "error",
    title: "Route tables delegate in a circle",
    explanation: "Following the delegations leads back to the same table.",
    remedy: "remove one of the delegations",
  },
  DELEGATED_MATCH: {
    severity: "warning",
    title: "A delegated rule's match goes with none that is delegated",
    explanation:
      "A rule of a table that is delegated to takes what both matches take. Here that is nothing, or it cannot be written as one match.",
    remedy: "write a match within the delegated one",
  },
  TOO_MANY_ROUTES: {
    severity: "error",
    title: "Too many routes, with all that is delegated",
    explanation:
      "Tables that delegate to each other many times over come to more routes than a proxy should hold.",
    remedy: "delegate to fewer tables, or split the hosts over several tables",
  },
  HOST_TAKEN: {
    severity: "error",
    title: "Another resource already serves this host",
    explanation: "A host can be given to one resource only where both are visible.",
    remedy: "use another host, or remove it from the other resource",
  },
  LAST_GOOD_IN_FORCE: {
    severity: "warning",
    title: "An earlier generation is still in force",
    explanation:
      "The world changed under the resource, so its newest generation cannot be used; the last good one stays.",
    remedy: "correct what the other findings name",
  },
  CLUSTER_UNREACHABLE: {
    severity: "warning",
    title: "The cluster has not been heard of",
    explanation: "Its agent is not connected. The cluster keeps what it has; nothing newer reaches it.",
    remedy: "look at the agent and its connection",
  },
} as const satisfies Record<string, CatalogueEntry>;
