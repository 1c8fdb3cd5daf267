import type { FactKey, ResourceKey } from "@heddle/api";
import type { Sql } from "../database/database.ts";

/** What a revision changed, by name: the reader fetches what it now is. */
export type Change =
  | { readonly kind: "resource"; readonly key: ResourceKey }
  /** Registered, relabelled, paused or removed. A removed cluster's facts are gone with it. */
  | { readonly kind: "cluster"; readonly cluster: string }
  | { readonly kind: "fact"; readonly cluster: string; readonly key: FactKey }
  /** More facts than are worth naming: all of the cluster's are to be read again. */
  | { readonly kind: "inventory"; readonly cluster: string };

/**
 * Takes the next revision and records what it changes. The row of the revision stays locked until the transaction ends, which is what makes
 * the order of commits the order of revisions: call it as late as can be.
 */
export async function recordChanges(sql: Sql, changes: readonly Change[]): Promise<number> {
  const [row] = await sql.query<{ value: number }>(
    `WITH bumped AS (UPDATE revision SET value = value + 1 RETURNING value),
     recorded AS (
       INSERT INTO changes (revision, kind, key, cluster, ordinal)
       SELECT bumped.value, change.* FROM bumped, unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS change
     )
     SELECT value FROM bumped`,
    [
      changes.map((change) => change.kind),
      changes.map((change) => ("key" in change ? change.key : "")),
      changes.map((change) => ("cluster" in change ? change.cluster : null)),
    ],
  );
  if (row === undefined) throw new Error("the table `revision` has lost its row");
  return row.value;
}
