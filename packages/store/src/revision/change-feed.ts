import type { FactKey, ResourceKey } from "@heddle/api";
import type { Database, Sql } from "../database/database.ts";
import type { Change } from "./change.ts";
import type { Subscription, Wakeups } from "./wakeups.ts";

export type ChangePage =
  /** Everything up to and including `revision`; `more` when the limit cut it short of the newest. */
  | {
      readonly reload: false;
      readonly revision: number;
      readonly changes: readonly Change[];
      readonly more: boolean;
    }
  /** The reader is behind what is kept (or ahead of a restored database) and must load a snapshot. */
  | { readonly reload: true; readonly revision: number };

export interface ChangeFeed {
  /** The newest revision; 0 before the first change. */
  revision(): Promise<number>;
  /** What changed after `revision`, in order, whole revisions only: at least one, then as many as fit in `limit` changes. */
  since(revision: number, limit?: number): Promise<ChangePage>;
  /** Calls back once at first, and whenever the revision has grown; several commits may be one call. The callback must not throw. */
  subscribe(onWake: (revision: number) => void): Subscription;
  /** Forgets the changes of all but the newest `keep` revisions. */
  compact(keep: number): Promise<void>;
}

interface Row {
  readonly head: number;
  readonly horizon: number;
  readonly revision: number | null;
  readonly kind: Change["kind"];
  readonly key: string;
  readonly cluster: string;
}

const defaultLimit = 10_000;

export function changeFeed(database: Database, wakeups: Wakeups): ChangeFeed {
  return {
    async revision() {
      const [row] = await database.query<{ value: number }>("SELECT value FROM revision");
      return row?.value ?? 0;
    },

    since: (revision, limit) => readChanges(database, revision, limit),

    subscribe: (onWake) => wakeups.subscribe(onWake),

    async compact(keep) {
      const [row] = await database.query<{ horizon: number }>(
        "UPDATE revision SET horizon = greatest(horizon, value - $1) RETURNING horizon",
        [keep],
      );
      await database.query("DELETE FROM changes WHERE revision <= $1", [row?.horizon ?? 0]);
    },
  };
}

/** @see ChangeFeed.since */
export async function readChanges(sql: Sql, revision: number, limit = defaultLimit): Promise<ChangePage> {
  // One statement, one view of the database; it ends with the whole revision that the first change too many belongs to.
  const rows = await sql.query<Row>(
    `SELECT r.value AS head, r.horizon, c.revision, c.kind, c.key, c.cluster
     FROM revision r
     LEFT JOIN changes c ON c.revision > $1 AND c.revision <= coalesce(
       (SELECT revision FROM changes WHERE revision > $1 ORDER BY revision, ordinal OFFSET $2 LIMIT 1), r.value)
     ORDER BY c.revision, c.ordinal`,
    [revision, limit],
  );
  const [first] = rows;
  const head = first?.head ?? 0;
  if (first === undefined || revision < first.horizon || revision > head)
    return { reload: true, revision: head };
  const last = rows.at(-1)?.revision ?? head;
  // The revision that does not fit is left for the next page, unless it is the only one.
  const fits = rows.length <= limit || first.revision === last;
  const taken = fits ? rows : rows.filter((row) => row.revision !== last);
  const through = rows.length <= limit ? head : (taken.at(-1)?.revision ?? head);
  const changes = taken.filter((row) => row.revision !== null).map(change);
  return { reload: false, revision: through, changes, more: through < head };
}

function change(row: Row): Change {
  switch (row.kind) {
    case "resource":
      return { kind: row.kind, key: row.key as ResourceKey };
    case "fact":
      return { kind: row.kind, cluster: row.cluster, key: row.key as FactKey };
    case "cluster":
    case "inventory":
      return { kind: row.kind, cluster: row.cluster };
  }
}
