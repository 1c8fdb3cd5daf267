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
import { type NamedDestination, standingToNamed, visibleNamed } from "./named-destination.ts";
import { administratorWorkspace, type Standing, type Subject, workspaceOf } from "./ownership.ts";
import { type Policy, targetsOf } from "./target-index.ts";
import { virtualMeshesOf } from "./virtual-mesh.ts";
import type { World } from "./world.ts";

/** That a policy is about a unit: through which of its targets, how narrowly, and with what standing. */
export interface Bearing<P extends Policy = Policy> {
  readonly policy: P;
  readonly key: ResourceKey;
  /** The narrowest of its targets that select the unit. */
  readonly target: Target;
  /** Only these ports of the unit: those of all its targets that select the unit; undefined when one of them names none. */
  readonly ports: readonly number[] | undefined;
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
  const keys = candidates(world, ["Service", ...wideKinds], namespace, name);
  return bearings(world, keys, cluster, destination, (target, workspace) =>
    target.kind === "Service"
      ? selectsByName(target, candidate) && inMesh(target, candidate)
      : selectsWidely(world, target, workspace, candidate, meshes),
  );
}

/** Kinds of target that select by where something is. */
const wideKinds = ["Workspace", "Mesh", "VirtualMesh"] as const;

/**
 * Policies that name something that has a name of its own. It is no part of a namespace or a mesh, so policies for these do not bear on
 * it; the workspaces that it is exported to are its consumers.
 */
export function bearingOnNamed(world: World, cluster: ClusterWorld, named: NamedDestination): Bearing[] {
  const { kind, metadata } = named;
  const { name, workspace, labels } = metadata;
  const candidate = { cluster: cluster.cluster, namespace: "", name, labels };
  const standingOf = (from: string) => standingToNamed(from, named);
  const keys = candidates(world, [kind], "", name);
  return bearings(
    world,
    keys,
    cluster,
    standingOf,
    (target, from) =>
      target.kind === kind &&
      selectsByName(target, candidate) &&
      (target.name === undefined || visibleNamed(world, kind, from, name)?.metadata.workspace === workspace),
  );
}

export function bearingOnWorkload(
  world: World,
  cluster: ClusterWorld,
  workload: WorkloadFact,
  meshes: readonly MeshFact[],
): Bearing[] {
  const candidate = candidateOf(cluster, workload, meshes);
  const keys = candidates(world, ["Workload", ...wideKinds], workload.namespace, workload.name);
  return bearings(world, keys, cluster, workload, (target, workspace, policy) =>
    target.kind === "Workload"
      ? selectsByName(target, candidate) && inMesh(target, candidate)
      : inheritsAll(policy) && selectsWidely(world, target, workspace, candidate, meshes),
  );
}

/**
 * What clients may call, and what proxies tell, is one object a level in a mesh, and the narrowest replaces the wider ones: narrower
 * units must hear of wider policies. Access and authentication are written once at their own level.
 */
function inheritsAll(policy: Policy): boolean {
  return policy.kind === "EgressPolicy" || policy.kind === "TelemetryPolicy";
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
  const keys = candidates(world, wideKinds, namespace, "");
  return bearings(
    world,
    keys,
    cluster,
    candidate,
    (target, workspace, policy) =>
      (levelIn(target, workspace) === "namespace" || inheritsAll(policy)) &&
      selectsWidely(world, target, workspace, candidate, meshes),
  );
}

/** Only the administrator speaks about a whole mesh; in other workspaces it means the mesh's part in their namespaces. */
export function bearingOnMesh(world: World, cluster: ClusterWorld, mesh: MeshFact): Bearing[] {
  const candidate = {
    cluster: cluster.cluster,
    namespace: mesh.namespace,
    name: mesh.name,
    labels: {},
    meshes: [mesh.name],
  };
  const keys = candidates(world, ["Mesh", "VirtualMesh"], mesh.namespace, mesh.name);
  return bearings(
    world,
    keys,
    cluster,
    candidate,
    (target, workspace) =>
      levelIn(target, workspace) === "mesh" && selectsWidely(world, target, workspace, candidate, [mesh]),
  );
}

function candidates(
  world: World,
  kinds: readonly Target["kind"][],
  namespace: string,
  name: string,
): ReadonlySet<ResourceKey> {
  return new Set(kinds.flatMap((kind) => [...world.targets.candidates(kind, namespace, name)]));
}

function levelIn(target: Target, workspace: string): TargetLevel {
  const level = levelOf(target);
  return level === "mesh" && workspace !== administratorWorkspace ? "namespace" : level;
}

function bearings(
  world: World,
  keys: ReadonlySet<ResourceKey>,
  cluster: ClusterWorld,
  subject: Subject | ((workspace: string) => Standing),
  selects: (target: Target, workspace: string, policy: Policy) => boolean,
): Bearing[] {
  const found: Bearing[] = [];
  for (const policy of world.policies(keys)) {
    const key = resourceKey(policy);
    const workspace = workspaceOf(key);
    const standing =
      typeof subject === "function"
        ? subject(workspace)
        : world.ownership.standing(workspace, cluster.cluster.name, subject);
    if (standing === "none") continue;
    const selecting = targetsOf(policy).filter((target) => selects(target, workspace, policy));
    const [narrowest] = selecting.toSorted((a, b) => narrownessOf(a) - narrownessOf(b));
    if (narrowest !== undefined)
      found.push({
        policy,
        key,
        target: narrowest,
        ports: unionOfPorts(selecting),
        level: levelIn(narrowest, workspace),
        narrowness: narrownessOf(narrowest),
        standing,
      });
  }
  return found.sort(byKey);
}

/** So that nothing depends on the order in which policies came; the newest generation first. */
function byKey(a: Bearing, b: Bearing): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return b.policy.metadata.generation - a.policy.metadata.generation;
}

function unionOfPorts(targets: readonly Target[]): readonly number[] | undefined {
  if (targets.some(({ ports }) => ports === undefined)) return undefined;
  return [...new Set(targets.flatMap(({ ports }) => ports ?? []))].sort((a, b) => a - b);
}

function selectsWidely(
  world: World,
  target: Target,
  workspace: string,
  candidate: Candidate,
  meshes: readonly MeshFact[],
): boolean {
  if (target.kind === "Workspace") return ownsNamespace(world, target, workspace, candidate);
  return meshes.some((mesh) => selectsMesh(world, target, candidate, mesh));
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

/** A mesh is named as `heddle get meshes` prints it; without a name every mesh is meant, or every member of a virtual mesh. */
function selectsMesh(world: World, target: Target, candidate: Candidate, mesh: MeshFact): boolean {
  const named =
    target.kind === "VirtualMesh"
      ? virtualMeshesOf(world, candidate.cluster.name, mesh).some(
          ({ metadata }) => target.name === undefined || target.name === metadata.name,
        )
      : target.kind === "Mesh" && (target.name === undefined || target.name === mesh.name);
  return (
    named &&
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

export function ofKind<K extends Policy["kind"]>(
  bearings: readonly Bearing[],
  kind: K,
): Bearing<Extract<Policy, { kind: K }>>[] {
  return bearings.filter(
    (bearing): bearing is Bearing<Extract<Policy, { kind: K }>> => bearing.policy.kind === kind,
  );
}
