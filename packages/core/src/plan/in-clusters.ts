import { canonicalJson } from "../canonical-json.ts";
import type { InClusters } from "./plan.ts";

/** Puts together what is the same but for the cluster, in the order of the first cluster that has it. */
export function inClusters<T extends { readonly cluster: string }>(items: Iterable<T>): InClusters<T>[] {
  return gathered(items, "cluster").map(({ rest, values }) => ({ ...rest, clusters: values }));
}

/** Items that are equal but for one member, with the values of that member in order. */
export function gathered<T extends object, K extends keyof T>(
  items: Iterable<T>,
  member: K,
): { readonly rest: Omit<T, K>; readonly values: readonly T[K][] }[] {
  const groups = new Map<string, { rest: Omit<T, K>; values: Set<T[K]> }>();
  for (const item of items) {
    const { [member]: value, ...rest } = item;
    const key = canonicalJson(rest);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { rest, values: new Set([value]) });
    else group.values.add(value);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { rest, values }]) => ({ rest, values: [...values].sort() }));
}
