import { randomUUID } from "node:crypto";
import type { Database } from "../database/database.ts";
import type { ApiToken as Row } from "../gen/client.ts";
import { newSecret, secretHash } from "../secret.ts";

/** Instants are RFC 3339. The secret is never part of it. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** Empty: no limit to workspaces. */
  readonly workspaces: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface NewApiToken {
  readonly name: string;
  readonly roles: readonly string[];
  readonly workspaces: readonly string[];
  /** RFC 3339; without it the token does not expire. */
  readonly expiresAt?: string;
}

export interface ApiTokenRepository {
  /** `secret` is told this once: only its hash is kept. */
  create(token: NewApiToken): Promise<{ readonly token: ApiToken; readonly secret: string }>;
  /** The very first token of a database; undefined when there was one before. Of several replicas at once one gets it. */
  createFirst(token: NewApiToken): Promise<{ readonly token: ApiToken; readonly secret: string } | undefined>;
  /** The token of this secret if it is neither revoked nor expired. Notes the use, to the minute. */
  verify(secret: string): Promise<ApiToken | undefined>;
  /** False when there is no such token, or it is revoked already. */
  revoke(id: string): Promise<boolean>;
  /** Newest first, revoked and expired ones too. */
  list(): Promise<readonly ApiToken[]>;
}

const useNotedEveryMs = 60_000;

export function apiTokenRepository(database: Database): ApiTokenRepository {
  const now = () => new Date(database.clock.now());
  const fresh = ({ name, roles, workspaces, expiresAt }: NewApiToken) => {
    const secret = newSecret("heddle_api");
    const row = {
      id: randomUUID(),
      hash: secretHash(secret),
      name,
      roles: [...roles],
      workspaces: [...workspaces],
      createdAt: now(),
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
    };
    return { secret, row };
  };
  return {
    async create(wanted) {
      const { secret, row: create } = fresh(wanted);
      const { hash } = create;
      const row = await database.prisma((client) =>
        client.apiToken.upsert({ where: { hash }, create, update: {} }),
      );
      return { token: toToken(row), secret };
    },

    async createFirst(wanted) {
      const { secret, row } = fresh(wanted);
      // Sent again after a lost answer it finds its own row, and tells the secret still.
      const [first] = await database.transaction(
        async (sql) => {
          await sql.query("LOCK TABLE api_tokens IN SHARE ROW EXCLUSIVE MODE");
          await sql.query(
            `INSERT INTO api_tokens (id, name, hash, roles, workspaces, created_at, expires_at)
             SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT FROM api_tokens)`,
            [row.id, row.name, row.hash, row.roles, row.workspaces, row.createdAt, row.expiresAt],
          );
          return sql.query<{ id: string }>("SELECT id FROM api_tokens WHERE id = $1", [row.id]);
        },
        { repeatable: true },
      );
      if (first === undefined) return undefined;
      return { token: toToken({ ...row, lastUsedAt: null, revokedAt: null }), secret };
    },

    async verify(secret) {
      const hash = secretHash(secret);
      const row = await database.prisma((client) => client.apiToken.findUnique({ where: { hash } }));
      const at = now();
      if (row === null || row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= at))
        return undefined;
      if (row.lastUsedAt !== null && at.getTime() - row.lastUsedAt.getTime() < useNotedEveryMs)
        return toToken(row);
      await database.prisma((client) =>
        client.apiToken.updateMany({ where: { hash }, data: { lastUsedAt: at } }),
      );
      return toToken({ ...row, lastUsedAt: at });
    },

    async revoke(id) {
      const revokedAt = now();
      const { count } = await database.prisma((client) =>
        client.apiToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt } }),
      );
      return count === 1;
    },

    async list() {
      const rows = await database.prisma((client) =>
        client.apiToken.findMany({ orderBy: { createdAt: "desc" } }),
      );
      return rows.map(toToken);
    },
  };
}

function toToken({ hash: _, createdAt, expiresAt, lastUsedAt, revokedAt, ...row }: Row): ApiToken {
  return {
    ...row,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
