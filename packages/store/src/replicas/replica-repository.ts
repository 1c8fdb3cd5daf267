import type { Database } from "../database/database.ts";

/** Which server processes live. Times are the database's, so replicas' clocks do not matter. */
export interface ReplicaRepository {
  /** Says that this replica lives. */
  beat(id: string): Promise<void>;
  /** Those that have not said so for this long. */
  silent(forMs: number): Promise<readonly string[]>;
  remove(id: string): Promise<void>;
}

export function replicaRepository(database: Database): ReplicaRepository {
  return {
    async beat(id) {
      await database.query(
        "INSERT INTO replicas (id, seen_at) VALUES ($1, now()) ON CONFLICT (id) DO UPDATE SET seen_at = now()",
        [id],
      );
    },
    async silent(forMs) {
      const rows = await database.query<{ id: string }>(
        "SELECT id FROM replicas WHERE seen_at < now() - $1 * interval '1 millisecond' ORDER BY id",
        [forMs],
      );
      return rows.map(({ id }) => id);
    },
    async remove(id) {
      await database.query("DELETE FROM replicas WHERE id = $1", [id]);
    },
  };
}
