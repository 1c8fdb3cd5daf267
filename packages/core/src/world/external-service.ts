import type { ResourceOf } from "@heddle/api";
import { administratorWorkspace, type Standing } from "./ownership.ts";
import type { World } from "./world.ts";

type ExternalService = ResourceOf<"ExternalService">;

/** How a workspace stands to an external service: its own and the administrator's own it, those it is exported to may call it. */
export function standingToExternal(workspace: string, { metadata, spec }: ExternalService): Standing {
  if (workspace === administratorWorkspace || workspace === metadata.workspace) return "owner";
  return spec.exportTo?.some((to) => to === "*" || to === workspace) ? "consumer" : "none";
}

/** What a workspace means by the name of an external service: its own first, else the first that it may call, by workspace. */
export function visibleExternal(world: World, workspace: string, name: string): ExternalService | undefined {
  const own = world.resources.get(`ExternalService/${workspace}/${name}`);
  if (own?.kind === "ExternalService") return own;
  return [...world.ofKind("ExternalService")]
    .filter((service) => service.metadata.name === name && standingToExternal(workspace, service) !== "none")
    .sort((a, b) => (a.metadata.workspace < b.metadata.workspace ? -1 : 1))[0];
}

/** Namespaces of a cluster that can call it, sorted; undefined for all. */
export function namespacesOfExternal(
  world: World,
  cluster: string,
  { metadata, spec }: ExternalService,
): readonly string[] | undefined {
  const workspaces = [metadata.workspace, ...(spec.exportTo ?? [])];
  if (workspaces.includes("*") || !world.ownership.any) return undefined;
  return [
    ...new Set(workspaces.flatMap((workspace) => world.ownership.namespacesOf(workspace, cluster))),
  ].sort();
}
