import { defaultWorkspace, type KindName, type Reference } from "@heddle/api";
import { isBuiltInRole } from "../auth/permissions.ts";
import type { Described, Surroundings } from "./surroundings.ts";
import { didYouMean, type Told } from "./told.ts";
import { usableNames, usableResource } from "./usable-resource.ts";

/** A resource of a workspace that is named and is not there, or is not for this workspace. */
export function missingResource(
  { kind, name, workspace, namePath }: Reference & { readonly kind: KindName },
  { metadata }: Described,
  surroundings: Surroundings,
): Told | undefined {
  const own = workspace ?? metadata.workspace;
  const found =
    workspace === undefined
      ? usableResource(surroundings, kind, name, own)
      : surroundings.resource(kind, name, workspace);
  if (found !== undefined || surroundings.isBroken(kind, name, own)) return undefined;
  const others = surroundings
    .named(kind, name)
    .map((other) => other.metadata.workspace)
    .filter((other) => surroundings.mayList(kind, other, name));
  const kept = others.length === 0 ? "" : `; the one of workspace \`${others[0]}\` is not for it`;
  const why = kept || didYouMean(surroundings, name, usableNames(surroundings, kind, own));
  return {
    code: "REFERENCE_NOT_FOUND",
    path: namePath,
    reason: `no ${kind} \`${name}\` for workspace \`${own}\`${why}`,
  };
}

/** A resource of the whole fleet that is named and is not there. */
export function missingInFleet(
  { kind, name, namePath }: Reference & { readonly kind: KindName },
  _: Described,
  surroundings: Surroundings,
): Told | undefined {
  if (surroundings.isBroken(kind, name, defaultWorkspace) || surroundings.resource(kind, name))
    return undefined;
  return {
    code: "REFERENCE_NOT_FOUND",
    path: namePath,
    reason: `there is no ${kind} \`${name}\`${didYouMean(surroundings, name, usableNames(surroundings, kind, defaultWorkspace))}`,
  };
}

/** A role that is named; some exist without a Role resource. */
export function missingRole(
  reference: Reference & { readonly kind: KindName },
  resource: Described,
  surroundings: Surroundings,
): Told | undefined {
  return isBuiltInRole(reference.name) ? undefined : missingInFleet(reference, resource, surroundings);
}

/** A workspace that is named; `default` always exists. */
export function missingWorkspace(
  { name, namePath }: Pick<Reference, "name" | "namePath">,
  _: Described,
  surroundings: Surroundings,
): Told | undefined {
  if (name === defaultWorkspace || surroundings.isBroken("Workspace", name, defaultWorkspace))
    return undefined;
  if (surroundings.resource("Workspace", name)) return undefined;
  const known = [defaultWorkspace, ...usableNames(surroundings, "Workspace", defaultWorkspace)];
  return {
    code: "WORKSPACE_NOT_FOUND",
    path: namePath,
    reason: `there is no workspace \`${name}\`${didYouMean(surroundings, name, known)}`,
  };
}

/** A listener that is named of a Gateway that is there. */
export function* missingListeners(resource: Described, surroundings: Surroundings): Iterable<Told> {
  if (resource.kind !== "RouteTable") return;
  for (const [index, { name, workspace, listener }] of (resource.spec.gateways ?? []).entries()) {
    const gateway = usableResource(surroundings, "Gateway", name, workspace ?? resource.metadata.workspace);
    if (listener === undefined || gateway?.kind !== "Gateway") continue;
    const known = gateway.spec.listeners.map((one) => one.name);
    if (!known.includes(listener))
      yield {
        code: "REFERENCE_NOT_FOUND",
        path: ["spec", "gateways", index, "listener"],
        reason: `Gateway \`${name}\` has no listener \`${listener}\`${didYouMean(surroundings, listener, known)}`,
      };
  }
}
