import { type Resource, type ResourceOf, resourceKey } from "@heddle/api";
import { administratorWorkspace, type Standing } from "./ownership.ts";
import type { World } from "./world.ts";

/** Kinds of resources that are called by names of their own, and are exported to workspaces. */
export type NamedDestinationKind = "ExternalService" | "VirtualDestination";
export type NamedDestination = Extract<Resource, { kind: NamedDestinationKind }>;

/** How a workspace stands to it: its own and the administrator's own it, those it is exported to may call it. */
export function standingToNamed(workspace: string, { metadata, spec }: NamedDestination): Standing {
  if (workspace === administratorWorkspace || workspace === metadata.workspace) return "owner";
  return spec.exportTo?.some((to) => to === "*" || to === workspace) ? "consumer" : "none";
}

/** What a workspace means by the name of one: its own first, else the first that it may call, by workspace. */
export function visibleNamed<K extends NamedDestinationKind>(
  world: World,
  kind: K,
  workspace: string,
  name: string,
): ResourceOf<K> | undefined {
  const candidates = [...world.named(kind, name)] as (ResourceOf<K> & NamedDestination)[];
  return candidates
    .filter((candidate) => standingToNamed(workspace, candidate) !== "none")
    .sort(
      ({ metadata: a }, { metadata: b }) =>
        Number(b.workspace === workspace) - Number(a.workspace === workspace) ||
        (a.workspace < b.workspace ? -1 : 1),
    )[0];
}

/** Namespaces of a cluster that can call it, sorted; undefined for all. */
export function namespacesOfNamed(
  world: World,
  cluster: string,
  { metadata, spec }: NamedDestination,
): readonly string[] | undefined {
  const workspaces = [metadata.workspace, ...(spec.exportTo ?? [])];
  if (workspaces.includes("*") || !world.ownership.any) return undefined;
  return [
    ...new Set(workspaces.flatMap((workspace) => world.ownership.namespacesOf(workspace, cluster))),
  ].sort();
}

/** External services that clients in a namespace can call, or any client of the cluster; by name. */
export function externalServicesOf(
  world: World,
  cluster: string,
  namespace: string | undefined,
): ResourceOf<"ExternalService">[] {
  return [...world.ofKind("ExternalService")]
    .filter((service) => {
      const callers = namespacesOfNamed(world, cluster, service);
      return (
        callers === undefined || (namespace === undefined ? callers.length > 0 : callers.includes(namespace))
      );
    })
    .sort((a, b) => (resourceKey(a) < resourceKey(b) ? -1 : 1));
}
