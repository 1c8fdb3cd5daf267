import { defaultWorkspace, type FindingCode, type PathSegment, type Target } from "@heddle/api";
import { type ClusterWorld, inCluster, type Labels } from "@heddle/core";
import { labelMiss } from "./label-miss.ts";
import { mayListFacts } from "./missing-inventory.ts";
import type { Described, Surroundings } from "./surroundings.ts";
import { few, type Told } from "./told.ts";

type Selection = Pick<
  Target,
  "kind" | "name" | "namespace" | "namespaces" | "labels" | "clusters" | "clusterLabels"
>;
interface Selecting {
  readonly selection: Selection;
  readonly path: readonly PathSegment[];
  readonly code: FindingCode;
}

/**
 * Selections of services and workloads that select nothing, though the names in them exist: by labels, by namespace, or of what is in
 * other clusters only. Clusters that have not told of their inventory may have it all.
 */
export function* emptySelections(resource: Described, surroundings: Surroundings): Iterable<Told> {
  for (const { selection, path, code } of selectionsOf(resource)) {
    if (selection.kind !== "Service" && selection.kind !== "Workload") continue;
    if (selection.name !== undefined && !isPlaced(selection)) continue;
    const clusters = selectedClusters(surroundings, selection);
    if (clusters === undefined) continue;
    const reason =
      selection.name === undefined
        ? nothingSelected(selection, clusters, surroundings)
        : onlyElsewhere(selection, clusters, surroundings);
    if (reason !== undefined) yield { code, path, reason };
  }
}

function selectionsOf(resource: Described): Selecting[] {
  const targets = "targets" in resource.spec ? resource.spec.targets : [];
  const list: Selecting[] = targets.map((selection, index) => ({
    selection,
    path: ["spec", "targets", index],
    code: "TARGET_NOT_FOUND",
  }));
  if (resource.kind === "VirtualMesh")
    resource.spec.federation?.exports?.forEach((selection, index) => {
      list.push({ selection, path: ["spec", "federation", "exports", index], code: "TARGET_NOT_FOUND" });
    });
  if (resource.kind === "VirtualDestination")
    resource.spec.backends.forEach(({ selector }, index) => {
      list.push({
        selection: selector,
        path: ["spec", "backends", index, "selector"],
        code: "DESTINATION_NOT_FOUND",
      });
    });
  return list;
}

function isPlaced({ clusters, clusterLabels }: Selection): boolean {
  return clusters !== undefined || clusterLabels !== undefined;
}

/** Undefined when one that is chosen has not told of its inventory, or none is: names and labels of clusters are judged by themselves. */
function selectedClusters(
  { world }: Surroundings,
  selection: Selection,
): readonly ClusterWorld[] | undefined {
  const chosen = world.clusters.values().filter(({ cluster }) => inCluster(selection, cluster));
  const placed = isPlaced(selection);
  const selected = placed ? [...chosen] : [...chosen.filter(({ facts }) => facts.size > 0)];
  const unheard =
    selected.some(({ facts }) => facts.size === 0) ||
    (placed && selection.clusters?.some((name) => !world.clusters.has(name)));
  return selected.length === 0 || unheard ? undefined : selected;
}

function nothingSelected(
  selection: Selection,
  clusters: readonly ClusterWorld[],
  surroundings: Surroundings,
): string | undefined {
  const { kind, namespace, namespaces = namespace === undefined ? undefined : [namespace] } = selection;
  const { labels } = selection;
  const existing = namespaces?.filter((name) => surroundings.world.clustersByNamespace.has(name));
  if (existing?.length === 0 || (labels === undefined && namespaces === undefined)) return undefined;
  const candidates = labelsIn(selection, existing, clusters, surroundings);
  const missed = labelMiss(labels ?? {}, surroundings.within(candidates));
  if (missed === undefined || surroundings.exhausted) return undefined;
  const where = existing === undefined ? "any namespace" : `namespace ${few(existing)}`;
  const which = isPlaced(selection) ? "the clusters that are selected" : "any cluster";
  const hint = mayListFacts(surroundings, kind === "Service" ? kind : "Workload") ? missed.hint : "";
  return `no ${kind.toLowerCase()} in ${where} of ${which}${labels === undefined ? "" : ` has ${missed.pairs}`}${hint}`;
}

function* labelsIn(
  { kind }: Selection,
  namespaces: readonly string[] | undefined,
  clusters: readonly ClusterWorld[],
  surroundings: Surroundings,
): Iterable<Labels> {
  for (const { destinationsByNamespace, workloadsByNamespace } of clusters) {
    const facts = kind === "Service" ? destinationsByNamespace : workloadsByNamespace;
    for (const namespace of namespaces ?? facts.keys())
      for (const { labels } of facts.get(namespace)) yield labels;
  }
  if (kind !== "Workload") return;
  for (const one of surroundings.all("ExternalWorkload"))
    if (one.kind === "ExternalWorkload" && (namespaces?.includes(one.spec.namespace) ?? true))
      yield one.spec.labels;
}

function onlyElsewhere(
  { kind, name = "", namespace = "" }: Selection,
  clusters: readonly ClusterWorld[],
  surroundings: Surroundings,
): string | undefined {
  const { world } = surroundings;
  const has = ({ destinations, workloadsByNamespace }: ClusterWorld) =>
    kind === "Service"
      ? destinations.has(`${namespace}/${name}`)
      : workloadsByNamespace
          .get(namespace)
          .values()
          .some((workload) => workload.name === name);
  if (clusters.some(has)) return undefined;
  const elsewhere = [...world.clusters.values().filter(has)].map(({ cluster }) => cluster.name);
  if (elsewhere.length === 0) return undefined;
  const told = elsewhere.filter((cluster) => surroundings.mayList("Cluster", defaultWorkspace, cluster));
  const where = told.length === 0 ? "" : `; it is in ${few(told.sort())}`;
  return `${kind.toLowerCase()} \`${name}\` in namespace \`${namespace}\` is in no cluster that is selected${where}`;
}
