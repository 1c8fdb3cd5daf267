import type { Resource } from "@heddle/api";

/**
 * Whether the `name` at a path repeats that of an earlier entry of its list, e.g. two conditions on one header. Meshes keep one
 * condition for each name; names of headers are compared without regard to case.
 */
export function repeatsName(resource: Resource, path: string): boolean {
  const steps = [...path.slice("spec.".length).matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(
    ([step, , index]) => index ?? step,
  );
  const list = steps
    .slice(0, -2)
    .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], resource.spec);
  if (!Array.isArray(list)) return false;
  const names = list.map((entry: { readonly name?: unknown }) => String(entry.name).toLowerCase());
  const index = Number(steps.at(-2));
  return names.indexOf(names[index] ?? "") < index;
}
