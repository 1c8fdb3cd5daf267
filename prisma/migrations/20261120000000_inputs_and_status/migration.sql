-- CreateTable
CREATE TABLE "revision" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "value" BIGINT NOT NULL DEFAULT 0,
    "horizon" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "changes" (
    "revision" BIGINT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "cluster" TEXT,

    CONSTRAINT "changes_pkey" PRIMARY KEY ("revision","ordinal")
);

-- CreateTable
CREATE TABLE "resources" (
    "kind" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "uid" UUID NOT NULL,
    "generation" INTEGER NOT NULL,
    "revision" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "labels" JSONB NOT NULL,
    "annotations" JSONB NOT NULL,
    "spec" JSONB NOT NULL,

    CONSTRAINT "resources_pkey" PRIMARY KEY ("kind","workspace","name")
);

-- CreateTable
CREATE TABLE "resource_generations" (
    "kind" TEXT NOT NULL,
    "workspace" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "revision" BIGINT NOT NULL,
    "uid" UUID NOT NULL,
    "generation" INTEGER NOT NULL,
    "deleted" BOOLEAN NOT NULL,
    "author" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "labels" JSONB NOT NULL,
    "annotations" JSONB NOT NULL,
    "spec" JSONB NOT NULL,

    CONSTRAINT "resource_generations_pkey" PRIMARY KEY ("kind","workspace","name","revision")
);

-- CreateTable
CREATE TABLE "clusters" (
    "name" TEXT NOT NULL,
    "uid" TEXT NOT NULL,
    "labels" JSONB NOT NULL DEFAULT '{}',
    "region" TEXT,
    "zone" TEXT,
    "network" TEXT,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "clusters_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "facts" (
    "cluster" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "facts_pkey" PRIMARY KEY ("cluster","key")
);

-- CreateTable
CREATE TABLE "bundle_reports" (
    "cluster" TEXT NOT NULL,
    "bundle" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "revision" BIGINT NOT NULL,
    "objects" INTEGER NOT NULL,
    "problems" JSONB NOT NULL,
    "failing" BOOLEAN NOT NULL,
    "reported_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "bundle_reports_pkey" PRIMARY KEY ("cluster","bundle")
);

-- CreateTable
CREATE TABLE "cluster_status" (
    "cluster" TEXT NOT NULL,
    "replica" TEXT,
    "last_seen_at" TIMESTAMPTZ(3),
    "applied_revision" BIGINT,
    "desired_revision" BIGINT,
    "agent_version" TEXT,
    "kubernetes_version" TEXT,
    "certificate_serial" TEXT,
    "certificate_not_after" TIMESTAMPTZ(3),

    CONSTRAINT "cluster_status_pkey" PRIMARY KEY ("cluster")
);

-- CreateTable
CREATE TABLE "enrolment_tokens" (
    "hash" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "used_public_key" TEXT,

    CONSTRAINT "enrolment_tokens_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "agent_certificates" (
    "serial" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "renews" TEXT,

    CONSTRAINT "agent_certificates_pkey" PRIMARY KEY ("serial")
);

-- CreateTable
CREATE TABLE "sealed_keys" (
    "name" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "certificate" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sealed_keys_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "api_tokens" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "roles" TEXT[],
    "workspaces" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "detail" JSONB NOT NULL,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "resources_labels_idx" ON "resources" USING GIN ("labels" jsonb_path_ops);

-- CreateIndex
CREATE INDEX "resource_generations_revision_idx" ON "resource_generations"("revision");

-- CreateIndex
CREATE UNIQUE INDEX "clusters_uid_key" ON "clusters"("uid");

-- CreateIndex
CREATE INDEX "facts_kind_namespace_name_idx" ON "facts"("kind", "namespace", "name");

-- CreateIndex
CREATE INDEX "bundle_reports_failing_cluster_bundle_idx" ON "bundle_reports"("failing", "cluster", "bundle");

-- CreateIndex
CREATE INDEX "cluster_status_replica_idx" ON "cluster_status"("replica");

-- CreateIndex
CREATE INDEX "enrolment_tokens_cluster_idx" ON "enrolment_tokens"("cluster");

-- CreateIndex
CREATE INDEX "agent_certificates_cluster_not_after_idx" ON "agent_certificates"("cluster", "not_after");

-- CreateIndex
CREATE UNIQUE INDEX "api_tokens_hash_key" ON "api_tokens"("hash");

-- CreateIndex
CREATE INDEX "audit_log_target_id_idx" ON "audit_log"("target", "id");

-- CreateIndex
CREATE INDEX "audit_log_actor_id_idx" ON "audit_log"("actor", "id");

-- AddForeignKey
ALTER TABLE "facts" ADD CONSTRAINT "facts_cluster_fkey" FOREIGN KEY ("cluster") REFERENCES "clusters"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bundle_reports" ADD CONSTRAINT "bundle_reports_cluster_fkey" FOREIGN KEY ("cluster") REFERENCES "clusters"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cluster_status" ADD CONSTRAINT "cluster_status_cluster_fkey" FOREIGN KEY ("cluster") REFERENCES "clusters"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- The one row of the revision: there is never a second.
ALTER TABLE "revision" ADD CONSTRAINT "revision_one_row" CHECK ("id" = 1);
INSERT INTO "revision" DEFAULT VALUES;

-- The audit log only grows.
CREATE FUNCTION "audit_log_refuse"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER "audit_log_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_log"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_log_refuse"();
