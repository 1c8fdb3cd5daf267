import { defaultWorkspace, type NamespaceSelector } from "@heddle/api";
import { inCluster } from "@heddle/core";
import { labelMiss } from "./label-miss.ts";
import { mayListFacts } from "./missing-inventory.ts";
import type { Described, Surroundings } from "./surroundings.ts";
import type { Told } from "./told.ts";

/** Entries by which a workspace comes to own nothing: labels that no namespace has, and namespaces that an older workspace claims. */
export function* unownedNamespaces(resource: Described, surroundings: Surroundings): Iterable<Told> {
  if (resource.kind !== "Workspace" || !surroundings.reported) return;
  for (const [index, entry] of resource.spec.owns.entries()) {
    const path = ["spec", "owns", index];
    const { namespaceLabels, namespaces = [] } = entry;
    if (namespaceLabels !== undefined) {
      const missed = labelMiss(namespaceLabels, surroundings.within(labelsOfNamespaces(entry, surroundings)));
      const hint = mayListFacts(surroundings, "Namespace") ? missed?.hint : "";
      if (missed !== undefined && !surroundings.exhausted)
        yield {
          code: "NAMESPACE_NOT_FOUND",
          path: [...path, "namespaceLabels"],
          reason: `no namespace has the labels ${missed.pairs}${hint}`,
        };
    }
    for (const [number, namespace] of namespaces.entries()) {
      const owner = olderOwner(resource, entry, namespace, surroundings);
      if (owner !== undefined)
        yield {
          code: "CONFLICT",
          path: [...path, "namespaces", number],
          reason: `namespace \`${namespace}\` belongs to workspace \`${owner}\`, which is older`,
        };
    }
  }
}

function* labelsOfNamespaces(entry: NamespaceSelector, { world }: Surroundings) {
  for (const { cluster, namespaces } of world.clusters.values())
    if (inCluster(entry, cluster)) for (const { labels } of namespaces.values()) yield labels;
}

/** The workspace that has the namespace in every cluster of the entry; undefined where this one gets it somewhere. */
function olderOwner(
  { metadata }: Described,
  entry: NamespaceSelector,
  namespace: string,
  surroundings: Surroundings,
): string | undefined {
  const { clusters, clustersByNamespace, ownership } = surroundings.world;
  const self = surroundings.world.resources.get(`Workspace/${defaultWorkspace}/${metadata.name}`);
  const claimed = [...clustersByNamespace.get(namespace)].flatMap((name) => {
    const cluster = clusters.get(name);
    return cluster !== undefined && inCluster(entry, cluster.cluster) ? name : [];
  });
  const owners = claimed.map((cluster) => {
    const owner = ownership.owner(cluster, namespace);
    const other = surroundings.world.resources.get(`Workspace/${defaultWorkspace}/${owner}`);
    const stays = other !== undefined && surroundings.resource("Workspace", owner) === other;
    return stays && other !== self && (self === undefined || age(other) < age(self)) ? owner : undefined;
  });
  return owners.includes(undefined) ? undefined : owners[0];
}

function age({
  metadata,
}: {
  readonly metadata: { readonly creationTimestamp: string; readonly name: string };
}) {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}
