import type { Database } from "../database/database.ts";
import { secretHash } from "../secret.ts";
import { StoreError } from "../store-error.ts";

/** How long the key that used a token may use it again: its agent may have lost the answer. */
export const retryWindowMs = 10 * 60_000;

export interface EnrolmentRepository {
  /** Keeps the hash of a one-time token for one agent of this cluster. The token itself never comes here. */
  createToken(cluster: string, hash: string, ttlMs: number): Promise<{ readonly expiresAt: string }>;
  /**
   * Uses up the token with this hash, however many try at once, and tells its cluster. `publicKey` identifies the agent's key (any stable encoding).
   * @throws StoreError EnrolmentTokenUnknown, EnrolmentTokenExpired, EnrolmentTokenUsed (by another key, or too long ago)
   */
  consume(hash: string, publicKey: string | Uint8Array): Promise<{ readonly cluster: string }>;
  /** Forgets tokens that expired before now, used or not; returns how many. */
  dropExpired(): Promise<number>;
}

interface TokenRow {
  readonly cluster: string;
  readonly expires_at: Date;
}

export function enrolmentRepository(database: Database): EnrolmentRepository {
  const now = () => new Date(database.clock.now());
  return {
    async createToken(cluster, hash, ttlMs) {
      const createdAt = now();
      const expiresAt = new Date(createdAt.getTime() + ttlMs);
      const data = { hash, cluster, createdAt, expiresAt };
      await database.prisma((client) =>
        client.enrolmentToken.upsert({ where: { hash }, create: data, update: {} }),
      );
      return { expiresAt: expiresAt.toISOString() };
    },

    async consume(hash, publicKey) {
      const key = secretHash(Buffer.from(publicKey).toString("base64"));
      const at = now();
      // One statement: of many that try at once, the first takes the row and the others see it taken.
      const [used] = await database.query<TokenRow>(
        `UPDATE enrolment_tokens SET used_at = coalesce(used_at, $2), used_public_key = $3
         WHERE hash = $1 AND expires_at > $2 AND (used_at IS NULL OR (used_public_key = $3 AND used_at > $4))
         RETURNING cluster, expires_at`,
        [hash, at, key, new Date(at.getTime() - retryWindowMs)],
      );
      if (used !== undefined) return { cluster: used.cluster };
      const kept = await database.prisma((client) => client.enrolmentToken.findUnique({ where: { hash } }));
      if (kept === null) throw new StoreError("EnrolmentTokenUnknown", "no such enrolment token: create one");
      if (kept.usedAt !== null)
        throw new StoreError(
          "EnrolmentTokenUsed",
          `the enrolment token of ${kept.cluster} was used already: create another`,
        );
      throw new StoreError(
        "EnrolmentTokenExpired",
        `the enrolment token of ${kept.cluster} has expired: create another`,
      );
    },

    async dropExpired() {
      const at = now();
      const { count } = await database.prisma((client) =>
        client.enrolmentToken.deleteMany({ where: { expiresAt: { lt: at } } }),
      );
      return count;
    },
  };
}
