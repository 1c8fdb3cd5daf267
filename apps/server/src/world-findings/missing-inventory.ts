import { defaultWorkspace, type Reference } from "@heddle/api";
import type { Described, Surroundings } from "./surroundings.ts";
import { didYouMean, type Told } from "./told.ts";
import { usableNames } from "./usable-resource.ts";

/** Lists that say what a policy, or a federation, is about: what they name is a target, everything else a destination. */
const targetPath = /^spec\.(targets|federation\.exports)\[/;

/** A Service or Workload that no cluster has. In a namespace that does not exist either, only that is told. */
export function missingFact(
  { kind, name, namespace, path, namePath }: Reference & { readonly kind: "Service" | "Workload" },
  resource: Described,
  surroundings: Surroundings,
): Told | undefined {
  const { world } = surroundings;
  const namespaces = namespace !== undefined ? [namespace] : namespacesOfTargets(resource);
  const missing = namespaces.find(
    (one) =>
      world.clustersByNamespace.has(one) &&
      !world.names.has(kind, name, one) &&
      !(kind === "Workload" && isExternalWorkload(surroundings, one, name)),
  );
  if (!surroundings.reported || missing === undefined) return undefined;
  const known = mayListFacts(surroundings, kind) ? world.names.of(kind, missing) : [];
  return {
    code: targetPath.test(path) ? "TARGET_NOT_FOUND" : "DESTINATION_NOT_FOUND",
    path: namePath,
    reason: `no ${kind.toLowerCase()} \`${name}\` in namespace \`${missing}\` of any cluster${didYouMean(surroundings, name, known)}`,
  };
}

/** A namespace that no cluster has. */
export function missingNamespace(
  { name, path }: Pick<Reference, "name" | "path">,
  _: Described,
  surroundings: Surroundings,
): Told | undefined {
  const { clustersByNamespace } = surroundings.world;
  if (!surroundings.reported || clustersByNamespace.has(name)) return undefined;
  const known = mayListFacts(surroundings, "Namespace") ? clustersByNamespace.keys() : [];
  return {
    code: "NAMESPACE_NOT_FOUND",
    path,
    reason: `no namespace \`${name}\` in any cluster${didYouMean(surroundings, name, known)}`,
  };
}

/** A mesh that discovery found nowhere, or not in the cluster that the member of a virtual mesh names. */
export function missingMesh(
  { name, path, namePath }: Reference,
  resource: Described,
  surroundings: Surroundings,
): Told | undefined {
  const { world } = surroundings;
  const member =
    resource.kind === "VirtualMesh" &&
    resource.spec.members.find((_, index) => path === `spec.members[${index}].mesh`);
  const cluster = member ? world.clusters.get(member.cluster) : undefined;
  if (!surroundings.reported || (member && !cluster?.facts.size)) return undefined;
  const known = new Set(cluster?.meshes.keys() ?? world.names.of("Mesh"));
  if (known.has(name)) return undefined;
  return {
    code: "MESH_NOT_FOUND",
    path: namePath,
    reason: `no mesh \`${name}\` in ${cluster ? `cluster \`${cluster.cluster.name}\`` : "any cluster"}${didYouMean(surroundings, name, mayListFacts(surroundings, "Mesh") ? known : [])}`,
  };
}

/** A cluster that is not registered. */
export function missingCluster(
  { name, path }: Pick<Reference, "name" | "path">,
  _: Described,
  surroundings: Surroundings,
): Told | undefined {
  if (surroundings.world.clusters.has(name) || surroundings.resource("Cluster", name)) return undefined;
  if (surroundings.isBroken("Cluster", name, defaultWorkspace)) return undefined;
  return {
    code: "CLUSTER_NOT_FOUND",
    path,
    reason: `no cluster \`${name}\` is registered${didYouMean(surroundings, name, clusterNames(surroundings))}`,
  };
}

/** Whether the actor may be told names that discovery found; a Service is called a Destination there. */
export function mayListFacts(
  { mayList }: Surroundings,
  kind: "Service" | "Workload" | "Mesh" | "Namespace",
): boolean {
  return mayList(kind === "Service" ? "Destination" : kind, defaultWorkspace);
}

/** Namespaces in which a destination without one is looked for; none when a target does not say where it is. */
export function namespacesOfTargets(resource: Described): readonly string[] {
  const targets = "targets" in resource.spec ? resource.spec.targets : [];
  const places = targets.map(({ kind, namespace, namespaces }) =>
    kind === "Service" ? (namespaces ?? (namespace === undefined ? undefined : [namespace])) : undefined,
  );
  return places.includes(undefined) ? [] : [...new Set(places.flatMap((place) => place ?? []))];
}

function isExternalWorkload(surroundings: Surroundings, namespace: string, name: string): boolean {
  return surroundings
    .named("ExternalWorkload", name)
    .some((one) => one.kind === "ExternalWorkload" && one.spec.namespace === namespace);
}

function* clusterNames(surroundings: Surroundings): Iterable<string> {
  for (const name of surroundings.world.clusters.keys())
    if (surroundings.mayList("Cluster", defaultWorkspace, name)) yield name;
  yield* usableNames(surroundings, "Cluster", defaultWorkspace);
}
