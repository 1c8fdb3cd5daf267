import type { DestinationFact, MeshFact, ResourceKey, Target, WorkloadFact } from "@heddle/api";
import { resourceKey } from "@heddle/api";
import {
  type Candidate,
  inCluster,
  inMesh,
  levelOf,
  type Narrowness,
  narrownessOf,
  selectsByName,
  type TargetLevel,
} from "../selecting/target-match.ts";
import type { ClusterWorld } from "./cluster-world.ts";
import { type Subject, workspaceOf } from "./ownership.ts";
import { type Policy, targetsOf } from "./target-index.ts";
import type { World } from "./world.ts";

/** That a policy is about a unit: through which of its targets, how narrowly, and with what standing. */
export interface Bearing<P extends Policy = Policy> {
  readonly policy: P;
  readonly key: ResourceKey;
  readonly target: Target;
  readonly level: TargetLevel;
  readonly narrowness: Narrowness;
  readonly standing: "owner" | "consumer";
}

/** Policies that bear on a destination: by its name, through its namespace's workspace, or through one of its meshes. */
export function bearingOnDestination(
  world: World,
  cluster: ClusterWorld,
  destination: DestinationFact,
  meshes: readonly MeshFact[],
): Bearing[] {
  const { namespace, name } = destination;
  const candidate = candidateOf(cluster, destination, meshes);
  const keys = world.targets.candidates("Service", namespace, name);
  for (const kind of ["Workspace", "Mesh"] as const)
    for (const key of world.targets.candidates(kind, namespace, name)) keys.add(key);
  return bearings(world, keys, cluster, destination, (target, workspace) => {
    switch (target.kind) {
      case "Service":
        return selectsByName(target, candidate) && inMesh(target, candidate);
      case "Workspace":
        return ownsNamespace(world, target, workspace, candidate);
      case "Mesh":
        return meshes.some((mesh) => selectsMesh(target, candidate, mesh));
      default:
        return false;
    }
  });
}

export function bearingOnWorkload(
  world: World,
  cluster: ClusterWorld,
  workload: WorkloadFact,
  meshes: readonly MeshFact[],
): Bearing[] {
  const candidate = candidateOf(cluster, workload, meshes);
  const keys = world.targets.candidates("Workload", workload.namespace, workload.name);
  return bearings(
    world,
    keys,
    cluster,
    workload,
    (target) => target.kind === "Workload" && selectsByName(target, candidate) && inMesh(target, candidate),
  );
}

export function bearingOnNamespace(
  world: World,
  cluster: ClusterWorld,
  namespace: string,
  meshes: readonly MeshFact[],
): Bearing[] {
  const candidate = {
    cluster: cluster.cluster,
    namespace,
    name: namespace,
    labels: {},
    meshes: meshes.map((mesh) => mesh.name),
  };
  const keys = world.targets.candidates("Workspace", namespace, "");
  return bearings(
    world,
    keys,
    cluster,
    candidate,
    (target, workspace) => target.kind === "Workspace" && ownsNamespace(world, target, workspace, candidate),
  );
}

export function bearingOnMesh(world: World, cluster: ClusterWorld, mesh: MeshFact): Bearing[] {
  const candidate = {
    cluster: cluster.cluster,
    namespace: mesh.namespace,
    name: mesh.name,
    labels: {},
    meshes: [mesh.name],
  };
  const keys = world.targets.candidates("Mesh", mesh.namespace, mesh.name);
  return bearings(
    world,
    keys,
    cluster,
    candidate,
    (target) => target.kind === "Mesh" && selectsMesh(target, candidate, mesh),
  );
}

function bearings(
  world: World,
  keys: ReadonlySet<ResourceKey>,
  cluster: ClusterWorld,
  subject: Subject,
  selects: (target: Target, workspace: string) => boolean,
): Bearing[] {
  const found: Bearing[] = [];
  for (const policy of world.policies(keys)) {
    const key = resourceKey(policy);
    const workspace = workspaceOf(key);
    const standing = world.ownership.standing(workspace, cluster.cluster.name, subject);
    if (standing === "none") continue;
    let narrowest: Target | undefined;
    for (const target of targetsOf(policy))
      if (
        selects(target, workspace) &&
        (narrowest === undefined || narrownessOf(target) < narrownessOf(narrowest))
      )
        narrowest = target;
    if (narrowest !== undefined)
      found.push({
        policy,
        key,
        target: narrowest,
        level: levelOf(narrowest),
        narrowness: narrownessOf(narrowest),
        standing,
      });
  }
  return found;
}

function ownsNamespace(world: World, target: Target, workspace: string, candidate: Candidate): boolean {
  const wanted = target.name ?? workspace;
  return (
    inCluster(target, candidate.cluster) &&
    inMesh(target, candidate) &&
    (target.namespaces === undefined || target.namespaces.includes(candidate.namespace)) &&
    world.ownership.owner(candidate.cluster.name, candidate.namespace) === wanted
  );
}

/** A mesh is named as `heddle get meshes` prints it; without a name every mesh is meant. */
function selectsMesh(target: Target, candidate: Candidate, mesh: MeshFact): boolean {
  return (
    (target.name === undefined || target.name === mesh.name) &&
    (target.meshes === undefined || target.meshes.includes(mesh.name)) &&
    inCluster(target, candidate.cluster)
  );
}

function candidateOf(
  cluster: ClusterWorld,
  subject: DestinationFact | WorkloadFact,
  meshes: readonly MeshFact[],
): Candidate {
  return {
    cluster: cluster.cluster,
    namespace: subject.namespace,
    name: subject.name,
    labels: subject.labels,
    meshes: meshes.map((mesh) => mesh.name),
  };
}
