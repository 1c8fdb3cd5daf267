import type { Resource, ResourceKey, Target } from "@heddle/api";
import { resourceKey } from "@heddle/api";
import { MultiMap } from "../multi-map.ts";
import { isUnitResource } from "./resource-unit.ts";

/** A resource with targets. An empty list of targets means everything its workspace owns (API, "Selecting"). */
export type Policy = Extract<Resource, { spec: { targets: Target[] } }>;

export function isPolicy(resource: Resource): resource is Policy {
  return "targets" in resource.spec;
}

/** True for what comes to objects of a mesh by itself; other kinds only shape what these do. */
export function isTranslated(resource: Resource): boolean {
  return isPolicy(resource) || isUnitResource(resource);
}

export function targetsOf(policy: Policy): readonly Target[] {
  return policy.spec.targets.length > 0 ? policy.spec.targets : WHOLE_WORKSPACE;
}

const WHOLE_WORKSPACE: readonly Target[] = [{ kind: "Workspace" }];

/** Policies by what their targets could select, so that a unit finds its candidates without a scan of all policies. */
export class TargetIndex {
  readonly #byTarget = new MultiMap<string, ResourceKey>();

  add(policy: Policy): void {
    for (const target of targetsOf(policy))
      for (const key of keysOf(target)) this.#byTarget.add(key, resourceKey(policy));
  }

  delete(policy: Policy): void {
    for (const target of targetsOf(policy))
      for (const key of keysOf(target)) this.#byTarget.delete(key, resourceKey(policy));
  }

  /** Candidates for something of this kind, namespace and name; whether they really select it is still to be asked. */
  candidates(kind: Target["kind"], namespace: string, name: string): Set<ResourceKey> {
    const found = new Set<ResourceKey>();
    for (const key of [
      `${kind}|${namespace}|${name}`,
      `${kind}|${namespace}|*`,
      `${kind}|*|${name}`,
      `${kind}|*|*`,
    ])
      for (const policy of this.#byTarget.get(key)) found.add(policy);
    return found;
  }
}

function keysOf(target: Target): string[] {
  const name = target.name ?? "*";
  const namespaces = target.namespace !== undefined ? [target.namespace] : (target.namespaces ?? ["*"]);
  if (target.kind === "Workspace" || target.kind === "Mesh" || target.kind === "VirtualMesh")
    return [`${target.kind}|*|*`];
  return namespaces.map((namespace) => `${target.kind}|${namespace}|${name}`);
}
