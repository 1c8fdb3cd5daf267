import { type Fact, type FactKey, factKey, type InventoryDelta } from "@heddle/api";
import type { Database, Sql } from "../database/database.ts";
import { recordChanges } from "../revision/change.ts";
import { StoreError } from "../store-error.ts";

export interface DeltaResult {
  /** Null when everything was as the delta says. */
  readonly revision: number | null;
  /** The facts that were written or deleted, in no order. */
  readonly changed: readonly FactKey[];
}

/** Above this a revision names the cluster instead of each fact: readers load its facts in one go. */
export const namedFacts = 1_000;

/** Writes what differs, in one round whatever the size. A key in both lists is an upsert; of several facts with one key the last counts. */
export function applyDelta(database: Database, cluster: string, delta: InventoryDelta): Promise<DeltaResult> {
  const facts = new Map(delta.upserts.map((fact) => [factKey(fact), fact]));
  const rows = JSON.stringify(Array.from(facts, ([key, fact]) => factRow(key, fact)));
  return database.transaction(
    async (sql) => {
      await lockCluster(sql, cluster);
      const written = await sql.query<{ key: FactKey }>(
        `WITH fact AS (
           SELECT * FROM jsonb_to_recordset($2) AS t(key text, kind text, namespace text, name text, data jsonb)
         ), written AS (
           INSERT INTO facts (cluster, key, kind, namespace, name, data)
           SELECT $1, fact.* FROM fact
           WHERE NOT EXISTS (SELECT FROM facts f WHERE f.cluster = $1 AND f.key = fact.key AND f.data = fact.data)
           ON CONFLICT (cluster, key) DO UPDATE SET data = excluded.data
           RETURNING key
         ), gone AS (
           DELETE FROM facts f
           WHERE f.cluster = $1 AND ($3 OR f.key = ANY ($4)) AND f.key NOT IN (SELECT key FROM fact)
           RETURNING key
         )
         SELECT key FROM written UNION ALL SELECT key FROM gone`,
        [cluster, rows, delta.full, delta.deletes],
      );
      const changed = written.map(({ key }) => key);
      if (changed.length === 0) return { revision: null, changed };
      const revision = await recordChanges(
        sql,
        changed.length > namedFacts
          ? [{ kind: "inventory", cluster }]
          : changed.map((key) => ({ kind: "fact", cluster, key })),
      );
      return { revision, changed };
    },
    { repeatable: true },
  );
}

/** Keeps the cluster from being removed meanwhile, and its deltas in one line. */
async function lockCluster(sql: Sql, cluster: string): Promise<void> {
  const known = await sql.query("SELECT FROM clusters WHERE name = $1 FOR NO KEY UPDATE", [cluster]);
  if (known.length === 0) throw new StoreError("ClusterUnknown", `no cluster named ${cluster} is registered`);
}

function factRow(key: FactKey, fact: Fact) {
  return {
    key,
    kind: fact.kind,
    namespace: "namespace" in fact ? fact.namespace : "",
    name: fact.name,
    data: fact,
  };
}
