import { type MeshFact, type ResourceOf, resourceKey } from "@heddle/api";
import type { World } from "./world.ts";

type VirtualMesh = ResourceOf<"VirtualMesh">;

/** The virtual meshes that a mesh of a cluster is a member of, by name. A member that names no mesh means every mesh of its cluster. */
export function virtualMeshesOf(world: World, cluster: string, mesh: Pick<MeshFact, "name">): VirtualMesh[] {
  return [...world.ofKind("VirtualMesh")]
    .filter(({ spec }) =>
      spec.members.some(
        (member) => member.cluster === cluster && (member.mesh === undefined || member.mesh === mesh.name),
      ),
    )
    .sort((a, b) => (resourceKey(a) < resourceKey(b) ? -1 : 1));
}
