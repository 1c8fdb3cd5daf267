import type { Plan } from "./plan.ts";

/** The part of a plan that concerns these clusters. */
export function planIn(plan: Plan, clusters: readonly string[]): Plan {
  const wanted = new Set(clusters);
  const within = <T extends { readonly clusters: readonly string[] }>(items: readonly T[]): T[] =>
    items.flatMap((item) => {
      const here = item.clusters.filter((cluster) => wanted.has(cluster));
      return here.length === 0 ? [] : [{ ...item, clusters: here }];
    });
  return {
    objects: within(plan.objects),
    verdicts: within(plan.verdicts),
    findings: within(plan.findings),
    conflicts: within(plan.conflicts),
    risks: within(plan.risks),
  };
}
