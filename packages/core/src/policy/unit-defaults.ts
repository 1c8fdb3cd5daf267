import { type MeshFact, type MtlsMode, type ResourceKey, resourceKey } from "@heddle/api";
import type { Sourced } from "../provenance.ts";
import { administratorWorkspace } from "../world/ownership.ts";
import { virtualMeshesOf } from "../world/virtual-mesh.ts";
import type { World } from "../world/world.ts";

/** What holds where no policy says anything. */
export interface UnitDefaults {
  /** Set when calls are denied that no AccessPolicy lets pass. */
  readonly denied: Sourced<"deny"> | undefined;
  readonly mtls: Sourced<MtlsMode> | undefined;
  /** The resources that these come from. */
  readonly from: readonly ResourceKey[];
}

/**
 * Access: as the workspace that owns the namespace says, else as a virtual mesh says; mTLS: as a virtual mesh says. Of several virtual
 * meshes the stricter counts (SEMANTICS, "Access" and "Authentication").
 */
export function defaultsOf(
  world: World,
  cluster: string,
  namespace: string | undefined,
  mesh: MeshFact,
): UnitDefaults {
  const joined = virtualMeshesOf(world, cluster, mesh);
  const owner = namespace === undefined ? undefined : world.ownership.owner(cluster, namespace);
  const workspace = world.resources.get(`Workspace/${administratorWorkspace}/${owner}`);
  const saying =
    workspace?.kind === "Workspace" && workspace.spec.defaultAccess !== undefined ? [workspace] : joined;
  const strict = joined.find(({ spec }) => spec.mtls === "strict") ?? joined[0];
  const denying = saying.find(({ spec }) => spec.defaultAccess === "deny");
  const denied = denying && {
    value: "deny" as const,
    from: { resource: resourceKey(denying), path: "spec.defaultAccess" },
  };
  const mtls = strict && {
    value: strict.spec.mtls === "strict" ? ("STRICT" as const) : ("PERMISSIVE" as const),
    from: { resource: resourceKey(strict), path: "spec.mtls" },
  };
  return { denied, mtls, from: [denied, mtls].flatMap((value) => value?.from.resource ?? []) };
}
