import type { Database, Sql } from "../database/database.ts";
import { recordChanges } from "../revision/change.ts";
import { type PlannedEdit, planBatch } from "./plan-batch.ts";
import {
  type Authorship,
  type BatchResult,
  type EditOutcome,
  editKey,
  type ResourceEdit,
} from "./resource-edit.ts";
import { type ResourceRow, resourceColumns, toResource } from "./resource-row.ts";

/** All edits or none, as one revision. @see ResourceRepository.applyBatch */
export async function applyBatch(
  database: Database,
  edits: readonly ResourceEdit[],
  authorship: Authorship,
): Promise<BatchResult> {
  if (edits.length === 0) return { revision: null, outcomes: [] };
  // Without versions a batch may run twice: what the first run wrote, the second finds unchanged.
  const repeatable = edits.every(
    (edit) => (edit.op === "put" ? edit.metadata.resourceVersion : edit.resourceVersion) === undefined,
  );
  return database.transaction(
    async (sql) => {
      const now = new Date(database.clock.now());
      const planned = planBatch(edits, await lockCurrent(sql, edits), now);
      const writes = planned.filter(isWrite);
      if (writes.length === 0) return { revision: null, outcomes: planned.map((edit) => outcome(edit)) };
      const revision = await recordChanges(
        sql,
        writes.map(({ key }) => ({ kind: "resource", key })),
      );
      await write(sql, writes, { ...authorship, revision, now });
      return { revision, outcomes: planned.map((edit) => outcome(edit, revision)) };
    },
    { repeatable },
  );
}

type Write = Extract<PlannedEdit, { row: ResourceRow }>;

function isWrite(edit: PlannedEdit): edit is Write {
  return edit.outcome !== "absent" && edit.outcome !== "unchanged";
}

/** Locks in the order of the key, so that two batches cannot wait for each other. */
async function lockCurrent(sql: Sql, edits: readonly ResourceEdit[]) {
  const names = edits.map((edit) => (edit.op === "put" ? { kind: edit.kind, ...edit.metadata } : edit));
  const rows = await sql.query<ResourceRow>(
    `SELECT ${resourceColumns} FROM resources
     WHERE (kind, workspace, name) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
     ORDER BY kind, workspace, name FOR UPDATE`,
    [names.map(({ kind }) => kind), names.map(({ workspace }) => workspace), names.map(({ name }) => name)],
  );
  return new Map(rows.map((row) => [editKey({ op: "delete", ...row }), row]));
}

/** One statement for the whole batch. A plain INSERT of what is new: if another batch created it meanwhile, this one starts again. */
async function write(
  sql: Sql,
  writes: readonly Write[],
  { revision, now, author, message }: Authorship & { readonly revision: number; readonly now: Date },
): Promise<void> {
  await sql.query(
    `WITH edit AS (
       SELECT * FROM jsonb_to_recordset($1) AS t(
         outcome text, kind text, workspace text, name text, uid uuid, generation int, created_at timestamptz,
         labels jsonb, annotations jsonb, spec jsonb)
     ), history AS (
       INSERT INTO resource_generations (${resourceColumns}, deleted, author, message, at)
       SELECT kind, workspace, name, uid, generation, $2, created_at, labels, annotations, spec, outcome = 'deleted', $3, $4, $5
       FROM edit
     ), created AS (
       INSERT INTO resources (${resourceColumns})
       SELECT kind, workspace, name, uid, generation, $2, created_at, labels, annotations, spec
       FROM edit WHERE outcome = 'created'
     ), updated AS (
       UPDATE resources r
       SET generation = e.generation, revision = $2, labels = e.labels, annotations = e.annotations, spec = e.spec
       FROM edit e WHERE e.outcome = 'updated' AND (r.kind, r.workspace, r.name) = (e.kind, e.workspace, e.name)
     )
     DELETE FROM resources r
     USING edit e WHERE e.outcome = 'deleted' AND (r.kind, r.workspace, r.name) = (e.kind, e.workspace, e.name)`,
    [JSON.stringify(writes.map(({ row, outcome }) => ({ ...row, outcome }))), revision, author, message, now],
  );
}

function outcome(edit: PlannedEdit, revision?: number): EditOutcome {
  if (edit.outcome === "absent") return edit;
  const { key, row } = edit;
  const written = edit.outcome === "created" || edit.outcome === "updated";
  return {
    key,
    outcome: edit.outcome,
    resource: toResource(written ? { ...row, revision: revision ?? row.revision } : row),
  };
}
