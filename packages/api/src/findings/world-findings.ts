import type { CatalogueEntry } from "./entry.ts";

/** Found by looking at a resource together with the others and with what the clusters have. */
export const worldFindings = {
  TARGET_NOT_FOUND: {
    severity: "warning",
    title: "The target does not exist",
    explanation:
      "Nothing that was discovered has this name, or these labels. A warning, since it may be deployed later: the resource waits for it.",
    remedy: "correct the target, or create what it names",
  },
  DESTINATION_NOT_FOUND: {
    severity: "warning",
    title: "The destination does not exist",
    explanation:
      "Requests would be sent to something that is not there, and fail. A warning, since it may be deployed later.",
    remedy: "correct the destination, or create it first",
  },
  REFERENCE_NOT_FOUND: {
    severity: "warning",
    title: "The resource it refers to does not exist",
    explanation:
      "Another resource is named that is neither stored nor part of the same input, or that this workspace may not use. A warning, since it may be applied later, as from another repository; until then what refers to it has no effect.",
    remedy: "correct the name, or apply what it names",
  },
  STILL_REFERENCED: {
    severity: "warning",
    title: "Other resources refer to what is deleted",
    explanation:
      "What the resources that are named refer to will not be there, so that part of them has no effect. A warning, since they may be changed or deleted next.",
    remedy: "change or delete the resources that refer to it",
  },
  CLUSTER_NOT_FOUND: {
    severity: "warning",
    title: "No such cluster",
    explanation:
      "No cluster of this name, or with these labels, is registered. A warning, since it may be registered later; until then nothing is selected by it.",
    remedy: "correct the name or the labels, or register the cluster",
  },
  NAMESPACE_NOT_FOUND: {
    severity: "warning",
    title: "No such namespace",
    explanation:
      "No cluster has a namespace of this name, or with these labels. A warning, since it may be created later.",
    remedy: "correct the namespace, or create it",
  },
  MESH_NOT_FOUND: {
    severity: "warning",
    title: "No such mesh",
    explanation:
      "Discovery found no mesh of this name. A warning, since it may be installed later; names are as `heddle get meshes` prints them.",
    remedy: "correct the name, or install the mesh",
  },
  SERVICE_ACCOUNT_NOT_FOUND: {
    severity: "warning",
    title: "No workload has this service account",
    explanation:
      "No workload that was discovered runs as this service account, so no client is meant. A warning, since such a workload may be deployed later.",
    remedy: "correct the service account, or deploy what runs as it",
  },
  WORKSPACE_NOT_FOUND: {
    severity: "warning",
    title: "No such workspace",
    explanation:
      "No workspace of this name exists. A warning, since it may be created later; until then it owns nothing and nobody is in it.",
    remedy: "correct the name, or create the workspace",
  },
  PORT_NOT_FOUND: {
    severity: "warning",
    title: "The destination has no such port",
    explanation:
      "The destination exists, but serves this port in no cluster. A warning, since the port may be opened later.",
    remedy: "use one of the destination's ports",
  },
  NO_MESH: {
    severity: "warning",
    title: "No mesh at the target",
    explanation:
      "The target exists, but no mesh runs its proxies, so nothing can enforce the resource there.",
    remedy: "enrol the namespace or workload in a mesh and restart its pods",
  },
  WORKSPACE_NOT_ALLOWED: {
    severity: "warning",
    title: "The workspace may not do this",
    explanation:
      "The target belongs to another workspace, which does not export it to this one, or the field is only for its owner. It has no effect there. A warning, since the owner may export it later.",
    remedy: "ask the owning workspace for an export, or move the resource there",
  },
  CONFLICT: {
    severity: "warning",
    title: "Another resource says so already",
    explanation:
      "Two resources claim the same; the one that was accepted first holds, and this one has no effect there.",
    remedy: "remove one of the two, or make one of them narrower",
  },
  SHADOWED_RULE: {
    severity: "warning",
    title: "Another resource's rule takes all its requests",
    explanation: "A rule of a resource that ranks higher matches every request that would reach this one.",
    remedy: "narrow the other rule, or name the target more narrowly here",
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
  HOST_NOT_SERVED: {
    severity: "warning",
    title: "No listener is for this host",
    explanation:
      "The listeners that serve the route table have hosts of their own, and this is none of them: requests for it do not come to the table. A warning, since a listener may get it later.",
    remedy: "add it to the hosts of a listener, or remove it from the table",
  },
  LAST_GOOD_IN_FORCE: {
    severity: "warning",
    title: "An earlier generation is still in force",
    explanation:
      "The world changed under the resource, so its newest generation cannot be used; the last good one stays.",
    remedy: "correct what the other findings name",
  },
} as const satisfies Record<string, CatalogueEntry>;
