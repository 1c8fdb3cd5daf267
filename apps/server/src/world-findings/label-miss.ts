import { nearestName } from "@heddle/api";
import { hasLabels, type Labels } from "@heddle/core";

/** What to say of labels that nothing has all of. */
export interface LabelMiss {
  /** The labels: `app=reveiws`. */
  readonly pairs: string;
  /** The end of the sentence: the nearest value that something has for the same key, if any is near. */
  readonly hint: string;
}

/** Undefined when something has all the labels. Ends at the first that has. */
export function labelMiss(wanted: Labels, all: Iterable<Labels>): LabelMiss | undefined {
  const values = new Map(Object.keys(wanted).map((key) => [key, new Set<string>()]));
  for (const labels of all) {
    if (hasLabels(labels, wanted)) return undefined;
    for (const [key, seen] of values) {
      const value = labels[key];
      if (value !== undefined) seen.add(value);
    }
  }
  const pairs = Object.entries(wanted).map(([key, value]) => `\`${key}=${value}\``);
  const [near] = Object.entries(wanted).flatMap(([key, value]) => {
    const seen = values.get(key) ?? new Set();
    const nearest = seen.has(value) ? undefined : nearestName(value, seen);
    return nearest === undefined ? [] : `\`${key}=${nearest}\``;
  });
  return { pairs: pairs.join(" and "), hint: near === undefined ? "" : `; did you mean ${near}?` };
}
