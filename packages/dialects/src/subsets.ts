import type { Split } from "@heddle/api";
import { dnsLabelOf } from "./object-names.ts";

export interface Subset {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Pod label that tells versions of an application apart, by Kubernetes and Istio convention. */
export const versionLabel = "version";

/** The pods that a backend narrows its destination to; undefined when it means all of them. */
export function subsetOf(backend: Pick<Split, "version" | "subset">): Subset | undefined {
  const labels = backend.version !== undefined ? { [versionLabel]: backend.version } : backend.subset;
  if (labels === undefined || Object.keys(labels).length === 0) return undefined;
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const only = pairs.length === 1 && pairs[0]?.[0] === versionLabel;
  return {
    name: dnsLabelOf(
      only ? (labels[versionLabel] ?? "") : pairs.map(([key, value]) => `${key}-${value}`).join("-"),
    ),
    labels,
  };
}
