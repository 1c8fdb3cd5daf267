import type { BundleReport, ObjectProblem } from "@heddle/api";
import type { Database } from "../database/database.ts";
import type { ClusterStatus as StatusRow } from "../gen/client.ts";
import { cursorOf, type Page, type PageRequest, pageOf, readCursor } from "../paging.ts";

/** Instants are RFC 3339. `replica` is the server replica that holds the agent's stream, null when none does. */
export interface ClusterStatus {
  readonly cluster: string;
  readonly replica: string | null;
  readonly lastSeenAt: string | null;
  readonly appliedRevision: number | null;
  readonly desiredRevision: number | null;
  readonly agentVersion: string | null;
  readonly kubernetesVersion: string | null;
  readonly certificateSerial: string | null;
  readonly certificateNotAfter: string | null;
}

/** What is missing stays as it is. */
export type ClusterStatusUpdate = Pick<ClusterStatus, "cluster"> & Partial<ClusterStatus>;

export interface ReportQuery extends PageRequest {
  readonly cluster?: string;
  readonly bundle?: string;
  /** Only those with problems. */
  readonly failing?: boolean;
}

export interface StoredReport extends BundleReport {
  readonly cluster: string;
  /** RFC 3339. */
  readonly reportedAt: string;
}

/** What agents report: not an input, so it makes no revision. */
export interface StatusRepository {
  /**
   * Takes reports by cluster, of however many clusters, in one statement. Replaces each bundle's report unless a newer revision's is there;
   * that of a removed bundle (no hash) goes when it has no problems left. Reports of a cluster that is no longer known are dropped.
   */
  recordBundleReports(reports: ReadonlyMap<string, readonly BundleReport[]>): Promise<void>;
  /** In the order of cluster and bundle. */
  listBundleReports(query?: ReportQuery): Promise<Page<StoredReport>>;
  /** Reported after the instant (RFC 3339), of clusters that another replica than this holds; oldest first. */
  reportsElsewhere(replica: string, after: string): Promise<readonly StoredReport[]>;
  /** Clusters that are not known are passed over. */
  updateClusters(updates: readonly ClusterStatusUpdate[]): Promise<void>;
  /** The stream ended; counts only while this replica is still the one that holds it. Without a cluster: all that the replica holds. */
  disconnected(replica: string, cluster?: string): Promise<void>;
  cluster(name: string): Promise<ClusterStatus | undefined>;
  /** By name; `notHeldBy` a replica: of the clusters whose streams it does not hold. */
  clusters(query?: { readonly notHeldBy?: string }): Promise<readonly ClusterStatus[]>;
}

interface ReportRow {
  readonly cluster: string;
  readonly bundle: string;
  readonly hash: string;
  readonly revision: number;
  readonly objects: number;
  readonly problems: ObjectProblem[];
  readonly reported_at: Date;
}

export function statusRepository(database: Database): StatusRepository {
  return {
    async recordBundleReports(reports) {
      const rows = [...reports].flatMap(([cluster, told]) =>
        [...new Map(told.map((report) => [report.bundle, report])).values()].map((report) => ({
          ...report,
          cluster,
          failing: report.problems.length > 0,
        })),
      );
      if (rows.length === 0) return;
      await database.query(
        `WITH report AS (
           SELECT * FROM jsonb_to_recordset($1) AS t(
             cluster text, bundle text, hash text, revision bigint, objects int, problems jsonb, failing boolean)
         ), gone AS (
           DELETE FROM bundle_reports b USING report r
           WHERE b.cluster = r.cluster AND b.bundle = r.bundle AND b.revision <= r.revision AND r.hash = '' AND NOT r.failing
         )
         INSERT INTO bundle_reports (cluster, bundle, hash, revision, objects, problems, failing, reported_at)
         SELECT c.name, r.bundle, r.hash, r.revision, r.objects, r.problems, r.failing, $2
         FROM report r JOIN clusters c ON c.name = r.cluster
         WHERE r.hash <> '' OR r.failing
         ON CONFLICT (cluster, bundle) DO UPDATE
         SET hash = excluded.hash, revision = excluded.revision, objects = excluded.objects, problems = excluded.problems,
             failing = excluded.failing, reported_at = excluded.reported_at
         WHERE bundle_reports.revision <= excluded.revision`,
        [JSON.stringify(rows), new Date(database.clock.now())],
      );
    },

    async listBundleReports({ cluster, bundle, failing, ...page } = {}) {
      const request = readCursor(page, 2);
      const rows = await database.query<ReportRow>(
        `SELECT cluster, bundle, hash, revision, objects, problems, reported_at FROM bundle_reports
         WHERE ($1::text IS NULL OR cluster = $1) AND ($2::text IS NULL OR bundle = $2)
           AND ($3::boolean IS NULL OR failing = $3)
           AND ($4::text IS NULL OR (cluster, bundle) > ($4, $5))
         ORDER BY cluster, bundle LIMIT $6`,
        [cluster, bundle, failing, ...request.after, request.limit + 1],
      );
      return pageOf(rows, request.limit, toReport, (row) => cursorOf(row.cluster, row.bundle));
    },

    async reportsElsewhere(replica, after) {
      const rows = await database.query<ReportRow>(
        `SELECT b.cluster, bundle, hash, revision, objects, problems, reported_at
         FROM bundle_reports b JOIN cluster_status s ON s.cluster = b.cluster
         WHERE reported_at > $2 AND s.replica IS DISTINCT FROM $1 ORDER BY reported_at`,
        [replica, after],
      );
      return rows.map(toReport);
    },

    async updateClusters(updates) {
      await database.query(
        `UPDATE cluster_status s
         SET (replica, last_seen_at, applied_revision, desired_revision, agent_version, kubernetes_version, certificate_serial,
              certificate_not_after) = (
           SELECT replica, last_seen_at, applied_revision, desired_revision, agent_version, kubernetes_version, certificate_serial,
                  certificate_not_after
           FROM jsonb_populate_record(s, patch))
         FROM jsonb_array_elements($1) AS patch
         WHERE s.cluster = patch ->> 'cluster'`,
        [JSON.stringify(updates.map(columns))],
      );
    },

    async disconnected(replica, cluster) {
      await database.prisma((client) =>
        client.clusterStatus.updateMany({
          where: { replica, ...(cluster !== undefined && { cluster }) },
          data: { replica: null },
        }),
      );
    },

    async cluster(name) {
      const row = await database.prisma((client) =>
        client.clusterStatus.findUnique({ where: { cluster: name } }),
      );
      return row === null ? undefined : toStatus(row);
    },

    async clusters({ notHeldBy } = {}) {
      const where =
        notHeldBy === undefined ? {} : { OR: [{ replica: null }, { replica: { not: notHeldBy } }] };
      const rows = await database.prisma((client) =>
        client.clusterStatus.findMany({ where, orderBy: { cluster: "asc" } }),
      );
      return rows.map(toStatus);
    },
  };
}

function toReport({
  cluster,
  bundle,
  hash,
  revision,
  objects,
  problems,
  reported_at,
}: ReportRow): StoredReport {
  return { cluster, bundle, hash, revision, objects, problems, reportedAt: reported_at.toISOString() };
}

/** Column names for fields; what is undefined disappears with `JSON.stringify`, and its column stays as it is. */
function columns(update: ClusterStatusUpdate) {
  return {
    cluster: update.cluster,
    replica: update.replica,
    last_seen_at: update.lastSeenAt,
    applied_revision: update.appliedRevision,
    desired_revision: update.desiredRevision,
    agent_version: update.agentVersion,
    kubernetes_version: update.kubernetesVersion,
    certificate_serial: update.certificateSerial,
    certificate_not_after: update.certificateNotAfter,
  };
}

function toStatus({
  lastSeenAt,
  appliedRevision,
  desiredRevision,
  certificateNotAfter,
  ...row
}: StatusRow): ClusterStatus {
  return {
    ...row,
    lastSeenAt: lastSeenAt?.toISOString() ?? null,
    appliedRevision: appliedRevision === null ? null : Number(appliedRevision),
    desiredRevision: desiredRevision === null ? null : Number(desiredRevision),
    certificateNotAfter: certificateNotAfter?.toISOString() ?? null,
  };
}
