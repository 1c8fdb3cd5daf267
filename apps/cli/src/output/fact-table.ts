import { discoveredKindByAlias, type Fact } from "@heddle/api";
import { at } from "./resource-table.ts";
import { table } from "./table.ts";

/** Where it is, what it is called, and the kind's own columns. */
export function factTable(
  kind: string,
  facts: readonly { readonly cluster: string; readonly value: Fact }[],
  header: boolean,
): string {
  const discovered = discoveredKindByAlias(kind);
  const own = discovered?.columns ?? [];
  const namespaced = discovered?.namespaced ?? false;
  const columns = [
    "CLUSTER",
    ...(namespaced ? ["NAMESPACE"] : []),
    "NAME",
    ...own.map(({ name }) => name.toUpperCase()),
  ];
  const rows = facts.map(({ cluster, value }) => [
    cluster,
    ...(namespaced ? ["namespace" in value ? value.namespace : ""] : []),
    value.name,
    ...own.map(({ path }) => at(value, path)),
  ]);
  return table(columns, rows, { header });
}
