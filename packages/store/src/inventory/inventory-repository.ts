import type { Fact, FactKey, FactKind, InventoryDelta } from "@heddle/api";
import type { Database } from "../database/database.ts";
import { cursorOf, type Page, type PageRequest, pageOf, readCursor } from "../paging.ts";
import { applyDelta, type DeltaResult } from "./apply-delta.ts";

export interface FactQuery extends PageRequest {
  readonly kind: FactKind;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface InventoryRepository {
  /** Writes what differs. With `full`, what the delta does not name is deleted. @throws StoreError ClusterUnknown, UnstorableText */
  applyDelta(cluster: string, delta: InventoryDelta): Promise<DeltaResult>;
  get(cluster: string, key: FactKey): Promise<Fact | undefined>;
  /** Facts of one kind in all clusters, in the order of namespace, name, cluster. */
  list(query: FactQuery): Promise<Page<ClusterAndFact>>;
}

export interface ClusterAndFact {
  readonly cluster: string;
  readonly fact: Fact;
}

interface Row {
  readonly cluster: string;
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly data: Fact;
}

export function inventoryRepository(database: Database, onCommit: () => void): InventoryRepository {
  return {
    async applyDelta(cluster, delta) {
      const result = await applyDelta(database, cluster, delta);
      if (result.revision !== null) onCommit();
      return result;
    },

    async get(cluster, key) {
      const [row] = await database.query<Row>("SELECT data FROM facts WHERE cluster = $1 AND key = $2", [
        cluster,
        key,
      ]);
      return row?.data;
    },

    async list({ kind, cluster, namespace, name, ...page }) {
      const request = readCursor(page, 4);
      const rows = await database.query<Row>(
        `SELECT cluster, key, namespace, name, data FROM facts
         WHERE kind = $1 AND ($2::text IS NULL OR cluster = $2)
           AND ($3::text IS NULL OR namespace = $3) AND ($4::text IS NULL OR name = $4)
           AND ($5::text IS NULL OR (namespace, name, cluster, key) > ($5, $6, $7, $8))
         ORDER BY namespace, name, cluster, key LIMIT $9`,
        [kind, cluster, namespace, name, ...request.after, request.limit + 1],
      );
      return pageOf(
        rows,
        request.limit,
        (row) => ({ cluster: row.cluster, fact: row.data }),
        (row) => cursorOf(row.namespace, row.name, row.cluster, row.key),
      );
    },
  };
}
