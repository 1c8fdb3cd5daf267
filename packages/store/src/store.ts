import { type AuditRepository, auditRepository } from "./audit/audit-repository.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type ClusterRepository, clusterRepository } from "./clusters/cluster-repository.ts";
import { openDatabase } from "./database/database.ts";
import { type CertificateRepository, certificateRepository } from "./enrolment/certificate-repository.ts";
import { type EnrolmentRepository, enrolmentRepository } from "./enrolment/enrolment-repository.ts";
import { type InventoryRepository, inventoryRepository } from "./inventory/inventory-repository.ts";
import { type SealedKeyRepository, sealedKeyRepository } from "./keys/sealed-key-repository.ts";
import { type ReplicaRepository, replicaRepository } from "./replicas/replica-repository.ts";
import { type ResourceRepository, resourceRepository } from "./resources/resource-repository.ts";
import { type ChangeFeed, changeFeed } from "./revision/change-feed.ts";
import { openWakeups } from "./revision/wakeups.ts";
import { type SnapshotRepository, snapshotRepository } from "./snapshot/snapshot-repository.ts";
import { type StatusRepository, statusRepository } from "./status/status-repository.ts";
import { type ApiTokenRepository, apiTokenRepository } from "./tokens/api-token-repository.ts";

export interface StoreOptions {
  /** Connection string of a database that `migrate` has brought up to date. */
  readonly url: string;
  /** Connections at most, besides the one that listens for changes; 10 unless given. */
  readonly poolSize?: number;
  readonly clock?: Clock;
  /** How often subscribers look for changes that no one told them of; 5 s unless given. */
  readonly lookEveryMs?: number;
}

/** Everything that outlives a process. Faults that pass are tried again inside; what comes out is a StoreError. */
export interface Store {
  readonly resources: ResourceRepository;
  readonly clusters: ClusterRepository;
  readonly inventory: InventoryRepository;
  readonly status: StatusRepository;
  readonly replicas: ReplicaRepository;
  readonly enrolment: EnrolmentRepository;
  readonly certificates: CertificateRepository;
  readonly apiTokens: ApiTokenRepository;
  readonly keys: SealedKeyRepository;
  readonly audit: AuditRepository;
  readonly snapshot: SnapshotRepository;
  readonly changes: ChangeFeed;
  close(): Promise<void>;
}

/** Connects lazily: opening does not fail when the database is away. */
export function openStore({
  url,
  poolSize = 10,
  clock = systemClock,
  lookEveryMs = 5_000,
}: StoreOptions): Store {
  const database = openDatabase({ url, poolSize, clock });
  const wakeups = openWakeups({ url, database, clock, lookEveryMs });
  return {
    resources: resourceRepository(database, wakeups.announce),
    clusters: clusterRepository(database, wakeups.announce),
    inventory: inventoryRepository(database, wakeups.announce),
    status: statusRepository(database),
    replicas: replicaRepository(database),
    enrolment: enrolmentRepository(database),
    certificates: certificateRepository(database),
    apiTokens: apiTokenRepository(database),
    keys: sealedKeyRepository(database),
    audit: auditRepository(database),
    snapshot: snapshotRepository(database),
    changes: changeFeed(database, wakeups),
    async close() {
      await wakeups.close();
      await database.close();
    },
  };
}
