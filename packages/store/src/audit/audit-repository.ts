import type { Database } from "../database/database.ts";
import { cursorOf, type Page, type PageRequest, pageOf, readCursor } from "../paging.ts";

export interface AuditRecord {
  readonly actor: string;
  /** e.g. `apply`, `login`, `token.revoke`. */
  readonly action: string;
  /** What was acted on: a resource key, a cluster, a token's id. */
  readonly target: string;
  /** Anything that is JSON; never a secret. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends AuditRecord {
  readonly id: number;
  /** RFC 3339. */
  readonly at: string;
}

export interface AuditQuery extends PageRequest {
  readonly actor?: string;
  readonly target?: string;
}

/** Only grows: the database itself refuses to change or delete what is there. */
export interface AuditRepository {
  append(...records: readonly AuditRecord[]): Promise<void>;
  /** Newest first. */
  list(query?: AuditQuery): Promise<Page<AuditEntry>>;
}

interface Row extends AuditRecord {
  readonly id: number;
  readonly at: Date;
}

export function auditRepository(database: Database): AuditRepository {
  return {
    async append(...records) {
      await database.transaction(
        (sql) =>
          sql.query(
            `INSERT INTO audit_log (at, actor, action, target, detail)
             SELECT $1, actor, action, target, detail
             FROM jsonb_to_recordset($2) AS t(actor text, action text, target text, detail jsonb)`,
            [new Date(database.clock.now()), JSON.stringify(records)],
          ),
        { repeatable: false },
      );
    },

    async list({ actor, target, ...page } = {}) {
      const request = readCursor(page, 1);
      const rows = await database.query<Row>(
        `SELECT id, at, actor, action, target, detail FROM audit_log
         WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR target = $2)
           AND ($3::text IS NULL OR id < $3::bigint)
         ORDER BY id DESC LIMIT $4`,
        [actor, target, ...request.after, request.limit + 1],
      );
      return pageOf(
        rows,
        request.limit,
        (row) => ({ ...row, at: row.at.toISOString() }),
        (row) => cursorOf(row.id),
      );
    },
  };
}
