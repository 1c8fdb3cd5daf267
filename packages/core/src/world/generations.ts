import type { Resource, ResourceOf } from "@heddle/api";

type TrafficPolicy = ResourceOf<"TrafficPolicy">;

/** So many generations back one is looked for that a mesh can say. */
export const keptGenerations = 10;

/** Whether its author wants all of it in a mesh, or nothing: then an earlier generation may be the last good one there. */
export function isAllOrNothing(resource: Resource): resource is TrafficPolicy {
  return resource.kind === "TrafficPolicy" && resource.spec.onUnsupported === "reject";
}

/**
 * The generations that may stand in for the newest, newest first: none for a resource that is applied as far as it can be; otherwise
 * those before it, up to the first that would be. `before` are all earlier generations of the same resource, newest first.
 */
export function fallbacksOf(newest: Resource, before: readonly Resource[]): readonly TrafficPolicy[] {
  if (!isAllOrNothing(newest)) return [];
  const policies = before.filter((earlier) => earlier.kind === "TrafficPolicy");
  const last = policies.findIndex((earlier) => !isAllOrNothing(earlier));
  return policies.slice(0, Math.min(last < 0 ? policies.length : last + 1, keptGenerations));
}
