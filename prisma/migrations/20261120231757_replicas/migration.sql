-- CreateTable
CREATE TABLE "replicas" (
    "id" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "replicas_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "bundle_reports_reported_at_idx" ON "bundle_reports"("reported_at");
