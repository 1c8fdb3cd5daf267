import { defaultWorkspace, type KindName } from "@heddle/api";
import type { Described, Surroundings } from "./surroundings.ts";

/** What a workspace means by the name of a resource: its own first, else one of another workspace that it may use. */
export function usableResource(
  surroundings: Surroundings,
  kind: KindName,
  name: string,
  workspace: string,
): Described | undefined {
  return (
    surroundings.resource(kind, name, workspace) ??
    surroundings.named(kind, name).find((resource) => mayUse(workspace, resource))
  );
}

/** Names of a kind that a workspace could have meant, as far as the actor may list them. */
export function* usableNames(
  surroundings: Surroundings,
  kind: KindName,
  workspace: string,
): Iterable<string> {
  for (const resource of surroundings.all(kind)) {
    const { name, workspace: owner } = resource.metadata;
    if (mayUse(workspace, resource) && surroundings.mayList(kind, owner, name)) yield name;
  }
}

/** Its own, what is exported to it, and for the administrator's workspace everything. */
function mayUse(workspace: string, resource: Described): boolean {
  if (workspace === defaultWorkspace || workspace === resource.metadata.workspace) return true;
  const among = (list: readonly string[] | undefined) =>
    list?.some((one) => one === "*" || one === workspace) ?? false;
  switch (resource.kind) {
    case "ExternalService":
    case "VirtualDestination":
      return among(resource.spec.exportTo);
    case "Gateway":
      return resource.spec.listeners.some(({ allowedWorkspaces }) => among(allowedWorkspaces));
    default:
      return false;
  }
}
