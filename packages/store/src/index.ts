export type { AuditEntry, AuditQuery, AuditRecord, AuditRepository } from "./audit/audit-repository.ts";
export { type Clock, systemClock } from "./clock.ts";
export type { ClusterRepository, ClusterUpdate } from "./clusters/cluster-repository.ts";
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "./embedded/embedded-postgres.ts";
export type { AgentCertificate, CertificateRepository } from "./enrolment/certificate-repository.ts";
export type { EnrolmentRepository } from "./enrolment/enrolment-repository.ts";
export type { DeltaResult } from "./inventory/apply-delta.ts";
export type { ClusterAndFact, FactQuery, InventoryRepository } from "./inventory/inventory-repository.ts";
export type { SealedKey, SealedKeyRepository } from "./keys/sealed-key-repository.ts";
export { migrate } from "./migrate/migrate.ts";
export { type Migration, readMigrations } from "./migrate/migration-files.ts";
export type { Page, PageRequest } from "./paging.ts";
export type { ReplicaRepository } from "./replicas/replica-repository.ts";
export type { Authorship, BatchResult, EditOutcome, ResourceEdit } from "./resources/resource-edit.ts";
export type { ResourceQuery, ResourceRepository, ResourceVersion } from "./resources/resource-repository.ts";
export type { Change } from "./revision/change.ts";
export type { ChangeFeed, ChangePage } from "./revision/change-feed.ts";
export type { Subscription } from "./revision/wakeups.ts";
export type {
  Fallbacks,
  SnapshotDelta,
  SnapshotRepository,
  StoredSnapshot,
} from "./snapshot/snapshot-repository.ts";
export type {
  ClusterStatus,
  ClusterStatusUpdate,
  ReportQuery,
  StatusRepository,
  StoredReport,
} from "./status/status-repository.ts";
export { openStore, type Store, type StoreOptions } from "./store.ts";
export { StoreError, type StoreErrorCode } from "./store-error.ts";
export type { ApiToken, ApiTokenRepository, NewApiToken } from "./tokens/api-token-repository.ts";
