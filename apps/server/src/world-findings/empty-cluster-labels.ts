import { clusterSelections, defaultWorkspace } from "@heddle/api";
import type { Labels } from "@heddle/core";
import { labelMiss } from "./label-miss.ts";
import type { Described, Surroundings } from "./surroundings.ts";
import type { Told } from "./told.ts";

/** Labels by which clusters are selected and that none has. Nothing is said while there is no cluster at all. */
export function* emptyClusterLabels(resource: Described, surroundings: Surroundings): Iterable<Told> {
  const selections = clusterSelections(resource);
  if (selections.length === 0) return;
  const known = [...labelsOfClusters(surroundings)];
  if (known.length === 0) return;
  const mayList = surroundings.mayList("Cluster", defaultWorkspace);
  for (const { labels, path } of selections) {
    const missed = labelMiss(labels, surroundings.within(known));
    if (missed === undefined || surroundings.exhausted) continue;
    const hint = mayList ? missed.hint : "";
    yield { code: "CLUSTER_NOT_FOUND", path, reason: `no cluster has the labels ${missed.pairs}${hint}` };
  }
}

/** Of what is registered, and of what the input describes anew. */
function* labelsOfClusters(surroundings: Surroundings): Iterable<Labels> {
  for (const { cluster } of surroundings.world.clusters.values()) yield cluster.labels;
  for (const one of surroundings.all("Cluster")) if (one.kind === "Cluster") yield one.spec.labels;
}
