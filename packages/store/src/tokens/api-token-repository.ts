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
  return {
    async create({ name, roles, workspaces, expiresAt }) {
      const secret = newSecret("heddle_api");
      const hash = secretHash(secret);
      const create = {
        id: randomUUID(),
        hash,
        name,
        roles: [...roles],
        workspaces: [...workspaces],
        createdAt: now(),
        expiresAt: expiresAt ?? null,
      };
      const row = await database.prisma((client) =>
        client.apiToken.upsert({ where: { hash }, create, update: {} }),
      );
      return { token: toToken(row), secret };
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
