import type { MeshFact, Source } from "@heddle/api";
import type { Labels } from "../selecting/labels.ts";
import { inCluster } from "../selecting/target-match.ts";
import type { ClusterWorld } from "../world/cluster-world.ts";

/** Clients in one cluster: those that satisfy every set field. What is left of a source once the cluster is known. */
export interface ClientCondition {
  readonly namespaces?: readonly string[];
  readonly serviceAccounts?: readonly string[];
  readonly labels?: Labels;
}

/** No condition: every client. */
export const everyClient: ClientCondition = {};

export function isEveryClient(condition: ClientCondition): boolean {
  return (
    condition.namespaces === undefined &&
    condition.serviceAccounts === undefined &&
    condition.labels === undefined
  );
}

/** Conditions of a policy's sources in one mesh of a cluster, as alternatives; empty when none of its clients are there. */
export function conditionsIn(
  cluster: ClusterWorld,
  mesh: MeshFact,
  sources: readonly Source[] | undefined,
): ClientCondition[] {
  if (sources === undefined) return [everyClient];
  return sources
    .filter(
      (source) =>
        inCluster(source, cluster.cluster) &&
        (source.meshes === undefined || source.meshes.includes(mesh.name)),
    )
    .map(({ namespaces, serviceAccounts, labels }) => ({
      ...(namespaces && { namespaces: [...namespaces].sort() }),
      ...(serviceAccounts && { serviceAccounts: [...serviceAccounts].sort() }),
      ...(labels && { labels }),
    }));
}

/** Clients that satisfy both; `undefined` when no client can. */
export function intersect(a: ClientCondition, b: ClientCondition): ClientCondition | undefined {
  const namespaces = both(a.namespaces, b.namespaces);
  const serviceAccounts = both(a.serviceAccounts, b.serviceAccounts);
  if (namespaces?.length === 0 || serviceAccounts?.length === 0) return undefined;
  for (const key in a.labels)
    if (b.labels?.[key] !== undefined && b.labels[key] !== a.labels[key]) return undefined;
  return {
    ...(namespaces && { namespaces }),
    ...(serviceAccounts && { serviceAccounts }),
    ...((a.labels || b.labels) && { labels: { ...a.labels, ...b.labels } }),
  };
}

function both(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((item) => b.includes(item));
}

export interface ClientClass {
  readonly condition: ClientCondition;
  /** Indexes of the conditions (see `clientClasses`) that its clients satisfy, ascending. */
  readonly satisfied: readonly number[];
}

/** Beyond this many different conditions on one destination, overlaps of more than two of them are not told apart. */
const MAX_CLASSES = 256;

/**
 * Splits clients into classes by which of the given conditions they satisfy, most conditions first, so that in a first-match list each
 * client meets its own class before any wider one. The last class is everybody else.
 */
export function clientClasses(conditions: readonly ClientCondition[]): ClientClass[] {
  let classes: ClientClass[] = [{ condition: everyClient, satisfied: [] }];
  conditions.forEach((condition, index) => {
    const narrower: ClientClass[] = [];
    for (const wider of classes) {
      const overlap = intersect(wider.condition, condition);
      if (overlap !== undefined)
        narrower.push({ condition: overlap, satisfied: [...wider.satisfied, index] });
    }
    classes = [...classes, ...narrower.slice(0, MAX_CLASSES - classes.length)];
  });
  return classes.sort(
    (a, b) => b.satisfied.length - a.satisfied.length || (a.satisfied.join() < b.satisfied.join() ? -1 : 1),
  );
}
