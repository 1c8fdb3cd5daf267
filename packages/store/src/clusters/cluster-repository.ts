import type { ClusterFact } from "@heddle/api";
import type { Database, Sql } from "../database/database.ts";
import { type Change, recordChanges } from "../revision/change.ts";
import { StoreError } from "../store-error.ts";
import { type ClusterRow, clusterColumns, toCluster } from "./cluster-row.ts";

/** What people say about a cluster. A field that is null is cleared, one that is missing stays. */
export interface ClusterUpdate {
  readonly labels?: Readonly<Record<string, string>>;
  readonly region?: string | null;
  readonly zone?: string | null;
  readonly network?: string | null;
  readonly paused?: boolean;
}

export interface ClusterRepository {
  /**
   * Makes the cluster known, or finds it known already under this name and uid.
   * @throws StoreError ClusterNameTaken: the name belongs to another cluster, or this cluster to another name
   */
  register(cluster: { readonly name: string; readonly uid: string } & ClusterUpdate): Promise<ClusterFact>;
  /** @throws StoreError ClusterUnknown */
  update(name: string, update: ClusterUpdate): Promise<ClusterFact>;
  /** Forgets the cluster with its facts, reports and status, and revokes its certificates and enrolment tokens. False when it was not known. */
  remove(name: string): Promise<boolean>;
  get(name: string): Promise<ClusterFact | undefined>;
  /** By name. */
  list(): Promise<readonly ClusterFact[]>;
}

export function clusterRepository(database: Database, onCommit: () => void): ClusterRepository {
  /** Runs twice without harm: every change below is to a wanted state. */
  const change = async <T>(
    work: (sql: Sql) => Promise<{ result: T; changes: readonly Change[] }>,
  ): Promise<T> => {
    const { result, changes } = await database.transaction(
      async (sql) => {
        const done = await work(sql);
        if (done.changes.length > 0) await recordChanges(sql, done.changes);
        return done;
      },
      { repeatable: true },
    );
    if (changes.length > 0) onCommit();
    return result;
  };

  return {
    register: ({ name, uid, ...update }) =>
      change(async (sql) => {
        const [known] = await sql.query<ClusterRow>(
          `SELECT ${clusterColumns} FROM clusters WHERE name = $1 OR uid = $2 ORDER BY name FOR UPDATE`,
          [name, uid],
        );
        if (known !== undefined) {
          if (known.name === name && known.uid === uid) return { result: toCluster(known), changes: [] };
          throw new StoreError(
            "ClusterNameTaken",
            known.name === name
              ? `the name ${name} belongs to another cluster (uid ${known.uid}): choose another, or remove that cluster first`
              : `this cluster is already registered as ${known.name}`,
          );
        }
        const { labels = {}, region = null, zone = null, network = null, paused = false } = update;
        const [row] = await sql.query<ClusterRow>(
          `INSERT INTO clusters (${clusterColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${clusterColumns}`,
          [name, uid, JSON.stringify(labels), region, zone, network, paused, new Date(database.clock.now())],
        );
        await sql.query("INSERT INTO cluster_status (cluster) VALUES ($1)", [name]);
        return { result: toCluster(found(row, name)), changes: [{ kind: "cluster", cluster: name }] };
      }),

    update: (name, update) =>
      change(async (sql) => {
        const [before] = await sql.query<ClusterRow>(
          `SELECT ${clusterColumns} FROM clusters WHERE name = $1 FOR NO KEY UPDATE`,
          [name],
        );
        const wanted = { ...found(before, name), ...update };
        const [after] = await sql.query<ClusterRow>(
          `UPDATE clusters SET labels = $2, region = $3, zone = $4, network = $5, paused = $6
           WHERE name = $1 AND (labels, region, zone, network, paused) IS DISTINCT FROM ($2::jsonb, $3, $4, $5, $6::boolean)
           RETURNING ${clusterColumns}`,
          [name, JSON.stringify(wanted.labels), wanted.region, wanted.zone, wanted.network, wanted.paused],
        );
        return {
          result: toCluster(after ?? wanted),
          changes: after === undefined ? [] : [{ kind: "cluster", cluster: name }],
        };
      }),

    remove: (name) =>
      change(async (sql) => {
        // An agent that enrolled, or could have, must not do so again by itself.
        await sql.query("DELETE FROM enrolment_tokens WHERE cluster = $1", [name]);
        const gone = await sql.query("DELETE FROM clusters WHERE name = $1 RETURNING name", [name]);
        if (gone.length === 0) return { result: false, changes: [] };
        await sql.query(
          "UPDATE agent_certificates SET revoked_at = $2 WHERE cluster = $1 AND revoked_at IS NULL",
          [name, new Date(database.clock.now())],
        );
        // Its facts went with it: a reader that sees only a new cluster of the same name must not keep them.
        return {
          result: true,
          changes: [
            { kind: "cluster", cluster: name },
            { kind: "inventory", cluster: name },
          ],
        };
      }),

    async get(name) {
      const [row] = await database.query<ClusterRow>(
        `SELECT ${clusterColumns} FROM clusters WHERE name = $1`,
        [name],
      );
      return row && toCluster(row);
    },

    async list() {
      const rows = await database.query<ClusterRow>(`SELECT ${clusterColumns} FROM clusters ORDER BY name`);
      return rows.map(toCluster);
    },
  };
}

function found(row: ClusterRow | undefined, name: string): ClusterRow {
  if (row === undefined) throw new StoreError("ClusterUnknown", `no cluster named ${name} is registered`);
  return row;
}
