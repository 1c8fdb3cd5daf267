import type { Database } from "../database/database.ts";
import type { AgentCertificate as Row } from "../gen/client.ts";
import { StoreError } from "../store-error.ts";

/** Instants are RFC 3339. */
export interface AgentCertificate {
  readonly serial: string;
  readonly cluster: string;
  readonly issuedAt: string;
  readonly notAfter: string;
  readonly revokedAt: string | null;
  /** Serial of the one that it renews. Both hold until they expire. */
  readonly renews: string | null;
}

export interface CertificateRepository {
  /** Records a certificate; the same serial again changes nothing. */
  issue(certificate: {
    readonly serial: string;
    readonly cluster: string;
    readonly notAfter: string;
  }): Promise<AgentCertificate>;
  /**
   * Records the successor of a certificate that is still good, for the same cluster.
   * @throws StoreError CertificateUnknown, CertificateRevoked, CertificateExpired
   */
  renew(
    serial: string,
    next: { readonly serial: string; readonly notAfter: string },
  ): Promise<AgentCertificate>;
  /** The certificate if it is good now, whatever its signature says. @throws as `renew` */
  check(serial: string): Promise<AgentCertificate>;
  /** All of the cluster's, or the one; returns the serials that were not revoked before. */
  revoke(which: { readonly cluster: string } | { readonly serial: string }): Promise<readonly string[]>;
  /** Newest first. */
  list(cluster: string): Promise<readonly AgentCertificate[]>;
}

export function certificateRepository(database: Database): CertificateRepository {
  const now = () => new Date(database.clock.now());

  const record = async (certificate: {
    serial: string;
    cluster: string;
    notAfter: string;
    renews?: string;
  }) => {
    const create = { ...certificate, issuedAt: now() };
    const { serial } = certificate;
    return toCertificate(
      await database.prisma((client) =>
        client.agentCertificate.upsert({ where: { serial }, create, update: {} }),
      ),
    );
  };

  const check = async (serial: string) => {
    const row = await database.prisma((client) => client.agentCertificate.findUnique({ where: { serial } }));
    if (row === null) throw new StoreError("CertificateUnknown", `certificate ${serial} was not issued here`);
    if (row.revokedAt !== null)
      throw new StoreError(
        "CertificateRevoked",
        `certificate ${serial} of ${row.cluster} is revoked: enrol again`,
      );
    if (row.notAfter <= now())
      throw new StoreError(
        "CertificateExpired",
        `certificate ${serial} of ${row.cluster} has expired: enrol again`,
      );
    return toCertificate(row);
  };

  return {
    issue: ({ serial, cluster, notAfter }) => record({ serial, cluster, notAfter }),
    async renew(serial, next) {
      const { cluster } = await check(serial);
      return record({ serial: next.serial, notAfter: next.notAfter, cluster, renews: serial });
    },
    check,
    async revoke(which) {
      const revokedAt = now();
      const rows = await database.prisma((client) =>
        client.agentCertificate.updateManyAndReturn({
          where: { ...which, revokedAt: null },
          data: { revokedAt },
        }),
      );
      return rows.map(({ serial }) => serial);
    },
    async list(cluster) {
      const rows = await database.prisma((client) =>
        client.agentCertificate.findMany({
          where: { cluster },
          orderBy: [{ issuedAt: "desc" }, { serial: "asc" }],
        }),
      );
      return rows.map(toCertificate);
    },
  };
}

function toCertificate({ issuedAt, notAfter, revokedAt, ...row }: Row): AgentCertificate {
  return {
    ...row,
    issuedAt: issuedAt.toISOString(),
    notAfter: notAfter.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
