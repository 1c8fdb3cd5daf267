import type { Database } from "../database/database.ts";

/** A private key that was encrypted before it came here, with the certificate (PEM) that belongs to it. */
export interface SealedKey {
  readonly name: string;
  readonly sealed: Uint8Array;
  readonly certificatePem: string;
}

export interface SealedKeyRepository {
  /** Keeps the first key of a name: of several replicas that make one at once, all get the same. */
  create(key: SealedKey): Promise<SealedKey>;
  /** Replaces the key of this name, or keeps a new one. */
  put(key: SealedKey): Promise<void>;
  get(name: string): Promise<SealedKey | undefined>;
}

export function sealedKeyRepository(database: Database): SealedKeyRepository {
  const get = async (name: string) => {
    const row = await database.prisma((client) => client.sealedKey.findUnique({ where: { name } }));
    return row === null ? undefined : { name, sealed: row.sealed, certificatePem: row.certificate };
  };
  const data = ({ sealed, certificatePem }: SealedKey) => ({
    sealed: Uint8Array.from(sealed),
    certificate: certificatePem,
    updatedAt: new Date(database.clock.now()),
  });
  return {
    async create(key) {
      const row = { name: key.name, ...data(key) };
      await database.prisma((client) => client.sealedKey.createMany({ data: [row], skipDuplicates: true }));
      return (await get(key.name)) ?? key;
    },
    async put(key) {
      const { name } = key;
      await database.prisma((client) =>
        client.sealedKey.upsert({ where: { name }, create: { name, ...data(key) }, update: data(key) }),
      );
    },
    get,
  };
}
