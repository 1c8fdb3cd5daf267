import { defaultWorkspace, type PathSegment, type Target } from "@heddle/api";
import { type ClusterWorld, inCluster, ownersOnly } from "@heddle/core";
import type { Described, Surroundings } from "./surroundings.ts";
import type { Told } from "./told.ts";

/**
 * Targets that exist and are not for this workspace to speak about. Inputs that change workspaces are not judged: who owns what is worked
 * out from those that are stored.
 */
export function* foreignTargets(resource: Described, surroundings: Surroundings): Iterable<Told> {
  const { workspace } = resource.metadata;
  if (workspace === defaultWorkspace || surroundings.changes("Workspace")) return;
  const targets = "targets" in resource.spec ? resource.spec.targets : [];
  for (const [index, target] of targets.entries()) {
    const told = foreign(target, ["spec", "targets", index, "name"], resource, surroundings);
    if (told !== undefined) yield told;
  }
}

function foreign(
  target: Target,
  path: readonly PathSegment[],
  { kind, metadata: { workspace } }: Described,
  surroundings: Surroundings,
): Told | undefined {
  const { ownership } = surroundings.world;
  const { name, namespace = "" } = target;
  const found = factsNamed(target, surroundings);
  const [first] = found;
  if (first === undefined) return undefined;
  const standings = found.map(({ cluster, labels }) =>
    ownership.standing(workspace, cluster, { namespace, name: name ?? "", labels }),
  );
  const consumed = standings.includes("consumer");
  if (standings.includes("owner") || (consumed && !ownersOnly.has(kind))) return undefined;
  const owner = ownership.owner(first.cluster, namespace);
  const whose = surroundings.mayList("Workspace", defaultWorkspace, owner)
    ? `workspace \`${owner}\``
    : "another workspace";
  const why = consumed
    ? "and only its owner decides about this"
    : `which does not export it to workspace \`${workspace}\``;
  return {
    code: "WORKSPACE_NOT_ALLOWED",
    path,
    reason: `${target.kind.toLowerCase()} \`${name}\` in namespace \`${namespace}\` belongs to ${whose}, ${why}`,
  };
}

/** The Services or Workloads that a target names, one for each cluster that it selects. */
function factsNamed(target: Target, { world }: Surroundings) {
  const { kind, name, namespace } = target;
  if (name === undefined || namespace === undefined) return [];
  const key = `${namespace}/${name}`;
  const inThis = ({ destinations, workloadsByNamespace }: ClusterWorld) =>
    kind === "Service"
      ? destinations.get(key)
      : workloadsByNamespace
          .get(namespace)
          .values()
          .find((workload) => workload.name === name);
  return [...world.clustersByNamespace.get(namespace)].flatMap((cluster) => {
    const known = world.clusters.get(cluster);
    const fact = known !== undefined && inCluster(target, known.cluster) ? inThis(known) : undefined;
    return fact === undefined ? [] : { cluster, labels: fact.labels };
  });
}
