import type { z } from "zod";

/** What a field can refer to. `byKind`: the object says so itself in its field `kind`. */
export const referenceKinds = [
  "Service",
  "VirtualDestination",
  "ExternalService",
  "Workload",
  "Mesh",
  "VirtualMesh",
  "Workspace",
  "Cluster",
  "Namespace",
  "Secret",
  "ConfigMap",
  "TrustAnchor",
  "Gateway",
  "RouteTable",
  "Role",
] as const;
export type ReferenceKind = (typeof referenceKinds)[number];

/** The key under which a JSON Schema says that a value is a reference, for editors and for `references()`. */
export const referenceMark = "x-heddle-reference";

/** The key under which a JSON Schema says that a map of labels selects clusters, for `clusterSelections()`. */
export const clusterSelectionMark = "x-heddle-selects-clusters";

export const markKeys = [referenceMark, clusterSelectionMark] as const;

/** Marks a schema whose values name something else: a string that is the name, or an object with `name`. */
export function refersTo<S extends z.ZodType>(kind: ReferenceKind | "byKind", schema: S): S {
  return schema.meta({ [referenceMark]: kind });
}

/** Marks a schema whose values are labels that clusters are selected by. */
export function selectsClusters<S extends z.ZodType>(schema: S): S {
  return schema.meta({ [clusterSelectionMark]: "labels" });
}
