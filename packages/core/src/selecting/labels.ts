export type Labels = Readonly<Record<string, string>>;

/** True when every wanted label is present with that value; an empty selector selects everything. */
export function hasLabels(labels: Labels, wanted: Labels | undefined): boolean {
  if (wanted === undefined) return true;
  for (const key in wanted) if (labels[key] !== wanted[key]) return false;
  return true;
}

/** A Service without a selector selects nothing (its endpoints are written by hand), unlike an empty label selector. */
export function selectsPods(selector: Labels, podLabels: Labels): boolean {
  let any = false;
  for (const key in selector) {
    if (podLabels[key] !== selector[key]) return false;
    any = true;
  }
  return any;
}

/** `key=value` pairs of labels, the keys of the world's label indexes. */
export function labelPairs(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

export function sameLabels(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
