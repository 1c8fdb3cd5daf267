import {
  type ClusterFact,
  type Fact,
  type FactKey,
  type InventoryDelta,
  parseResourceKey,
  type Resource,
  type ResourceKey,
  resourceKey,
} from "@heddle/api";
import { fallbacksOf, isAllOrNothing, keptGenerations } from "@heddle/core";
import { type ClusterRow, clusterColumns, toCluster } from "../clusters/cluster-row.ts";
import type { Database, Sql } from "../database/database.ts";
import { type ResourceRow, resourceColumns, toResource } from "../resources/resource-row.ts";
import type { Change } from "../revision/change.ts";
import { readChanges } from "../revision/change-feed.ts";

/** All inputs as they were at one revision. */
export interface StoredSnapshot {
  readonly revision: number;
  readonly clusters: readonly ClusterFact[];
  /** By cluster, every cluster. */
  readonly facts: ReadonlyMap<string, readonly Fact[]>;
  readonly resources: readonly Resource[];
  /** Generations that may stand in for the newest (`fallbacksOf`), of the resources that have such. */
  readonly earlier: Fallbacks;
}

export type Fallbacks = ReadonlyMap<ResourceKey, ReturnType<typeof fallbacksOf>>;

/** What brings a snapshot forward; null stands for what is gone. Applying it to a newer snapshot than it was made for does no harm. */
export interface SnapshotDelta {
  readonly reload: false;
  /** Complete through here; `more` follows. */
  readonly revision: number;
  readonly more: boolean;
  readonly clusters: ReadonlyMap<string, ClusterFact | null>;
  /** Of clusters that exist. */
  readonly inventory: ReadonlyMap<string, InventoryDelta>;
  readonly resources: ReadonlyMap<ResourceKey, Resource | null>;
  /** As in a snapshot, of the resources that are different. */
  readonly earlier: Fallbacks;
}

export interface SnapshotRepository {
  /** One consistent view; beyond the result it holds one cluster's rows at a time. */
  load(): Promise<StoredSnapshot>;
  /** What is different since `revision`, with its current values; `reload` when that is no longer known. */
  since(
    revision: number,
    limit?: number,
  ): Promise<SnapshotDelta | { readonly reload: true; readonly revision: number }>;
}

const readOnly = { repeatable: true, isolation: "REPEATABLE READ READ ONLY" } as const;

export function snapshotRepository(database: Database): SnapshotRepository {
  return {
    load: () =>
      database.transaction(async (sql) => {
        const [head] = await sql.query<{ value: number }>("SELECT value FROM revision");
        const clusters = await sql.query<ClusterRow>(`SELECT ${clusterColumns} FROM clusters ORDER BY name`);
        const resources = await sql.query<ResourceRow>(`SELECT ${resourceColumns} FROM resources`);
        const facts = new Map<string, readonly Fact[]>();
        for (const { name } of clusters) facts.set(name, await factsOf(sql, name));
        const stored = resources.map(toResource);
        return {
          revision: head?.value ?? 0,
          clusters: clusters.map(toCluster),
          facts,
          resources: stored,
          earlier: await earlierOf(sql, stored),
        };
      }, readOnly),

    since: (revision, limit) =>
      database.transaction(async (sql) => {
        const page = await readChanges(sql, revision, limit);
        if (page.reload) return page;
        const clusters = await changedClusters(sql, page.changes);
        const resources = await changedResources(sql, page.changes);
        return {
          reload: false,
          revision: page.revision,
          more: page.more,
          clusters,
          inventory: await changedInventory(sql, page.changes),
          resources,
          earlier: await earlierOf(
            sql,
            [...resources.values()].flatMap((resource) => resource ?? []),
          ),
        };
      }, readOnly),
  };
}

async function factsOf(sql: Sql, cluster: string): Promise<readonly Fact[]> {
  const rows = await sql.query<{ data: Fact }>("SELECT data FROM facts WHERE cluster = $1", [cluster]);
  return rows.map(({ data }) => data);
}

async function changedClusters(
  sql: Sql,
  changes: readonly Change[],
): Promise<Map<string, ClusterFact | null>> {
  const changed = new Map<string, ClusterFact | null>();
  for (const change of changes) if (change.kind === "cluster") changed.set(change.cluster, null);
  if (changed.size === 0) return changed;
  const rows = await sql.query<ClusterRow>(`SELECT ${clusterColumns} FROM clusters WHERE name = ANY ($1)`, [
    [...changed.keys()],
  ]);
  for (const row of rows) changed.set(row.name, toCluster(row));
  return changed;
}

async function changedResources(
  sql: Sql,
  changes: readonly Change[],
): Promise<Map<ResourceKey, Resource | null>> {
  const changed = new Map<ResourceKey, Resource | null>();
  for (const change of changes) if (change.kind === "resource") changed.set(change.key, null);
  if (changed.size === 0) return changed;
  const names = Array.from(changed.keys(), parseResourceKey);
  const rows = await sql.query<ResourceRow & { key: ResourceKey }>(
    `SELECT ${resourceColumns}, kind || '/' || workspace || '/' || name AS key FROM resources
     WHERE (kind, workspace, name) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))`,
    [names.map(({ kind }) => kind), names.map(({ workspace }) => workspace), names.map(({ name }) => name)],
  );
  for (const row of rows) changed.set(row.key, toResource(row));
  return changed;
}

/** Earlier generations of the resources for which one may stand in; a write of labels only repeats a generation, of which the last counts. */
async function earlierOf(sql: Sql, resources: readonly Resource[]): Promise<Fallbacks> {
  const asking = resources.filter(isAllOrNothing);
  if (asking.length === 0) return new Map();
  const newest = new Map(asking.map((resource) => [resourceKey(resource), resource]));
  const rows = await sql.query<ResourceRow & { key: ResourceKey }>(
    `SELECT DISTINCT ON (key, generation) ${resourceColumns}, kind || '/' || workspace || '/' || name AS key
     FROM resource_generations
     JOIN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::int[])
           AS asked (kind, workspace, name, uid, newest)) AS asked
       USING (kind, workspace, name, uid)
     WHERE NOT deleted AND generation < newest AND generation >= newest - $6
     ORDER BY key, generation DESC, revision DESC`,
    [
      asking.map(({ kind }) => kind),
      asking.map(({ metadata }) => metadata.workspace),
      asking.map(({ metadata }) => metadata.name),
      asking.map(({ metadata }) => metadata.uid),
      asking.map(({ metadata }) => metadata.generation),
      keptGenerations,
    ],
  );
  const earlier = new Map<ResourceKey, ReturnType<typeof fallbacksOf>>();
  for (const [key, before] of Map.groupBy(rows, (row) => row.key)) {
    const resource = newest.get(key);
    if (resource !== undefined) earlier.set(key, fallbacksOf(resource, before.map(toResource)));
  }
  return earlier;
}

async function changedInventory(sql: Sql, changes: readonly Change[]): Promise<Map<string, InventoryDelta>> {
  const named = new Map<string, Set<FactKey>>();
  const whole = new Set<string>();
  for (const change of changes) {
    if (change.kind === "inventory") whole.add(change.cluster);
    if (change.kind === "fact")
      named.set(change.cluster, (named.get(change.cluster) ?? new Set()).add(change.key));
  }
  const clusters = new Set([...whole, ...named.keys()]);
  const existing = await sql.query<{ name: string }>("SELECT name FROM clusters WHERE name = ANY ($1)", [
    [...clusters],
  ]);
  const deltas = new Map<string, InventoryDelta>();
  for (const { name } of existing) {
    if (whole.has(name)) deltas.set(name, { full: true, upserts: await factsOf(sql, name), deletes: [] });
    else deltas.set(name, await namedFacts(sql, name, [...(named.get(name) ?? [])]));
  }
  return deltas;
}

async function namedFacts(sql: Sql, cluster: string, keys: readonly FactKey[]): Promise<InventoryDelta> {
  const rows = await sql.query<{ key: FactKey; data: Fact }>(
    "SELECT key, data FROM facts WHERE cluster = $1 AND key = ANY ($2)",
    [cluster, keys],
  );
  const there = new Set(rows.map(({ key }) => key));
  return {
    full: false,
    upserts: rows.map(({ data }) => data),
    deletes: keys.filter((key) => !there.has(key)),
  };
}
