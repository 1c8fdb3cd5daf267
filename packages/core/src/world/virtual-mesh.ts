import { type MeshFact, type ResourceOf, resourceKey } from "@heddle/api";
import type { World } from "./world.ts";

type VirtualMesh = ResourceOf<"VirtualMesh">;

/** The virtual meshes that a mesh of a cluster is a member of, by name. A member that names no mesh means every mesh of its cluster. */
export function virtualMeshesOf(world: World, cluster: string, mesh: Pick<MeshFact, "name">): VirtualMesh[] {
  return [...world.ofKind("VirtualMesh")]
    .filter((joined) =>
      meshesByCluster(joined)
        .get(cluster)
        ?.some((name) => name === undefined || name === mesh.name),
    )
    .sort((a, b) => (resourceKey(a) < resourceKey(b) ? -1 : 1));
}

/** The clusters that share a virtual mesh with a cluster. */
export function fellowMembers(world: World, cluster: string): Set<string> {
  const fellows = new Set<string>();
  for (const joined of world.ofKind("VirtualMesh"))
    if (meshesByCluster(joined).has(cluster))
      for (const { cluster: fellow } of joined.spec.members) fellows.add(fellow);
  fellows.delete(cluster);
  return fellows;
}

/** A virtual mesh may have thousands of members, and every unit asks. */
const members = new WeakMap<VirtualMesh, ReadonlyMap<string, readonly (string | undefined)[]>>();

function meshesByCluster(joined: VirtualMesh): ReadonlyMap<string, readonly (string | undefined)[]> {
  let found = members.get(joined);
  if (found === undefined) {
    const byCluster = Map.groupBy(joined.spec.members, ({ cluster }) => cluster);
    found = new Map([...byCluster].map(([cluster, list]) => [cluster, list.map(({ mesh }) => mesh)]));
    members.set(joined, found);
  }
  return found;
}
