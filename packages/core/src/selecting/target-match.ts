import type { ClusterFact, Target } from "@heddle/api";
import { hasLabels, type Labels } from "./labels.ts";

/** How narrowly a target names what it selects; lower is narrower (SEMANTICS, "Traffic", rule 1). */
export const narrowness = { name: 0, label: 1, namespace: 2, mesh: 3, everything: 4 } as const;
export type Narrowness = (typeof narrowness)[keyof typeof narrowness];

/** What level of the world a target speaks about; dialects with inheritance write one object a level. */
export type TargetLevel = "destination" | "workload" | "namespace" | "mesh";

export function levelOf(target: Target): TargetLevel {
  switch (target.kind) {
    case "Service":
    case "VirtualDestination":
    case "ExternalService":
      return "destination";
    case "Workload":
      return "workload";
    case "Workspace":
      return "namespace";
    case "Mesh":
    case "VirtualMesh":
      return "mesh";
  }
}

export function inCluster(
  selection: { clusters?: readonly string[]; clusterLabels?: Labels },
  cluster: ClusterFact,
): boolean {
  if (selection.clusters !== undefined && !selection.clusters.includes(cluster.name)) return false;
  return hasLabels(cluster.labels, selection.clusterLabels);
}

/** What a target is compared with: a namespaced thing with labels in a cluster, and the meshes it takes part in. */
export interface Candidate {
  readonly cluster: ClusterFact;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly meshes: readonly string[];
}

/** Whether a Service or Workload target selects the candidate; kind, level and mesh are the caller's question. */
export function selectsByName(target: Target, candidate: Omit<Candidate, "meshes">): boolean {
  if (target.name !== undefined && target.name !== candidate.name) return false;
  if (target.namespace !== undefined && target.namespace !== candidate.namespace) return false;
  if (target.namespaces !== undefined && !target.namespaces.includes(candidate.namespace)) return false;
  if (!hasLabels(candidate.labels, target.labels)) return false;
  return inCluster(target, candidate.cluster);
}

export function inMesh(
  target: { meshes?: readonly string[] },
  candidate: { meshes: readonly string[] },
): boolean {
  return target.meshes === undefined || target.meshes.some((mesh) => candidate.meshes.includes(mesh));
}

export function narrownessOf(target: Target): Narrowness {
  if (target.kind === "Mesh" || target.kind === "VirtualMesh") return narrowness.mesh;
  if (target.kind === "Workspace")
    return target.name === undefined ? narrowness.everything : narrowness.namespace;
  if (target.name !== undefined) return narrowness.name;
  if (target.labels !== undefined) return narrowness.label;
  if (target.namespace !== undefined || target.namespaces !== undefined) return narrowness.namespace;
  return target.meshes !== undefined ? narrowness.mesh : narrowness.everything;
}
