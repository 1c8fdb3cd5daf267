import { type Reference, type ReferenceKind, references } from "@heddle/api";
import { missingCluster, missingFact, missingMesh, missingNamespace } from "./missing-inventory.ts";
import { missingInFleet, missingResource, missingRole, missingWorkspace } from "./missing-resources.ts";
import type { Described, Surroundings } from "./surroundings.ts";
import type { Told } from "./told.ts";

/** Whether what is named is missing, and how to say that. */
type Missing<K extends ReferenceKind> = (
  reference: Reference & { readonly kind: K },
  resource: Described,
  surroundings: Surroundings,
) => Told | undefined;

const byKind: { readonly [K in ReferenceKind]: Missing<K> } = {
  Service: missingFact,
  Workload: missingFact,
  Mesh: missingMesh,
  Namespace: missingNamespace,
  Cluster: missingCluster,
  Workspace: missingWorkspace,
  VirtualDestination: missingResource,
  ExternalService: missingResource,
  Gateway: missingResource,
  RouteTable: missingResource,
  VirtualMesh: missingInFleet,
  TrustAnchor: missingInFleet,
  Role: missingRole,
  // Secrets and ConfigMaps are never read, so nobody knows which there are.
  Secret: () => undefined,
  ConfigMap: () => undefined,
};

/** Everything that a resource names and that is not there. */
export function* missingReferences(resource: Described, surroundings: Surroundings): Iterable<Told> {
  for (const reference of references(resource)) {
    const told = missingReference(reference, resource, surroundings);
    if (told !== undefined) yield told;
  }
  const { workspace } = resource.metadata;
  const own = missingWorkspace({ name: workspace, namePath: "metadata.workspace" }, resource, surroundings);
  if (own !== undefined) yield own;
}

export function missingReference(
  reference: Reference,
  resource: Described,
  surroundings: Surroundings,
): Told | undefined {
  const missing = byKind[reference.kind] as Missing<ReferenceKind>;
  return missing(reference, resource, surroundings);
}
