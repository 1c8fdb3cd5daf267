import { kindByName } from "@heddle/api";
import type { ListedResource } from "../list-resources.ts";
import { age, table } from "./table.ts";

export interface TableOptions {
  readonly wide: boolean;
  readonly workspaces: boolean;
  readonly header: boolean;
}

/** Name, acceptance, how many clusters have it, age; with `wide` the kind's own columns, too. */
export function resourceTable(
  kind: string,
  resources: readonly ListedResource[],
  { wide, workspaces, header }: TableOptions,
): string {
  const own = wide ? (kindByName(kind)?.columns ?? []) : [];
  const columns = [
    ...(workspaces ? ["WORKSPACE"] : []),
    "NAME",
    "ACCEPTED",
    "PROGRAMMED",
    "CLUSTERS",
    "AGE",
    ...own.map(({ name }) => name.toUpperCase()),
    ...(wide ? ["MESSAGE"] : []),
  ];
  const rows = resources.map(({ workspace, name, manifest, status }) => {
    const condition = (type: string) => status.conditions.find((candidate) => candidate.type === type);
    const counts = status.clusters;
    return [
      ...(workspaces ? [workspace] : []),
      name,
      condition("Accepted")?.reason ?? "-",
      condition("Programmed")?.reason ?? "-",
      counts == null ? "-" : `${counts.programmed}/${counts.total}`,
      age(manifest.metadata.creationTimestamp),
      ...own.map(({ path }) => at(manifest, path)),
      ...(wide ? [condition("Programmed")?.message ?? ""] : []),
    ];
  });
  return table(columns, rows, { header });
}

/** The value at a path such as `.spec.region` or `.spec.hosts[*]`; lists are joined. */
export function at(value: unknown, path: string): string {
  let current: unknown[] = [value];
  for (const step of path.split(".").filter((part) => part !== "")) {
    const [name = "", all] = step.split("[");
    current = current.flatMap((item) => {
      const next =
        item !== null && typeof item === "object" ? (item as Record<string, unknown>)[name] : undefined;
      if (next === undefined) return [];
      return all !== undefined && Array.isArray(next) ? next : [next];
    });
  }
  const texts = current.flatMap((item) =>
    Array.isArray(item) ? item.map(String) : [typeof item === "object" ? JSON.stringify(item) : String(item)],
  );
  return texts.length === 0 ? "<none>" : texts.join(",");
}
