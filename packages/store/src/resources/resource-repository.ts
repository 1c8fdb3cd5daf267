import { type KindName, parseResourceKey, type Resource, type ResourceKey } from "@heddle/api";
import type { Database } from "../database/database.ts";
import { cursorOf, type Page, type PageRequest, pageOf, readCursor } from "../paging.ts";
import { applyBatch } from "./apply-batch.ts";
import type { Authorship, BatchResult, ResourceEdit } from "./resource-edit.ts";
import { type ResourceRow, resourceColumns, toResource } from "./resource-row.ts";

export interface ResourceQuery extends PageRequest {
  readonly kind?: KindName;
  readonly workspace?: string;
  /** All of these labels. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** One accepted write. A change of labels only repeats the generation; `resource` of a deletion is what was deleted. */
export interface ResourceVersion extends Authorship {
  readonly revision: number;
  readonly generation: number;
  readonly deleted: boolean;
  /** RFC 3339. */
  readonly at: string;
  readonly resource: Resource;
}

export interface ResourceRepository {
  /**
   * All or nothing, as one revision. What equals the stored resource in spec, labels and annotations is unchanged; the generation grows with
   * the spec only. @throws StoreError Conflict (names the resource), DuplicateEdit, UnstorableText
   */
  applyBatch(edits: readonly ResourceEdit[], authorship: Authorship): Promise<BatchResult>;
  get(key: ResourceKey): Promise<Resource | undefined>;
  /** In the order of kind, workspace, name. */
  list(query?: ResourceQuery): Promise<Page<Resource>>;
  /** Newest first; goes on through deletions to earlier resources of the same name. */
  history(key: ResourceKey, page?: PageRequest): Promise<Page<ResourceVersion>>;
  /** Everything as it was when `revision` was the newest. */
  at(revision: number): Promise<readonly Resource[]>;
}

interface VersionRow extends ResourceRow, Authorship {
  readonly deleted: boolean;
  readonly at: Date;
}

export function resourceRepository(database: Database, onCommit: () => void): ResourceRepository {
  return {
    async applyBatch(edits, authorship) {
      const result = await applyBatch(database, edits, authorship);
      if (result.revision !== null) onCommit();
      return result;
    },

    async get(key) {
      const { kind, workspace, name } = parseResourceKey(key);
      const [row] = await database.query<ResourceRow>(
        `SELECT ${resourceColumns} FROM resources WHERE (kind, workspace, name) = ($1, $2, $3)`,
        [kind, workspace, name],
      );
      return row && toResource(row);
    },

    async list({ kind, workspace, labels, limit, cursor } = {}) {
      const request = readCursor({ limit, cursor }, 3);
      const rows = await database.query<ResourceRow>(
        `SELECT ${resourceColumns} FROM resources
         WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR workspace = $2) AND ($3::jsonb IS NULL OR labels @> $3)
           AND ($4::text IS NULL OR (kind, workspace, name) > ($4, $5, $6))
         ORDER BY kind, workspace, name LIMIT $7`,
        [kind, workspace, labels && JSON.stringify(labels), ...request.after, request.limit + 1],
      );
      return pageOf(rows, request.limit, toResource, (row) => cursorOf(row.kind, row.workspace, row.name));
    },

    async history(key, page = {}) {
      const { kind, workspace, name } = parseResourceKey(key);
      const request = readCursor(page, 1);
      const rows = await database.query<VersionRow>(
        `SELECT ${resourceColumns}, author, message, deleted, at FROM resource_generations
         WHERE (kind, workspace, name) = ($1, $2, $3) AND ($4::text IS NULL OR revision < $4::bigint)
         ORDER BY revision DESC LIMIT $5`,
        [kind, workspace, name, ...request.after, request.limit + 1],
      );
      return pageOf(rows, request.limit, toVersion, (row) => cursorOf(row.revision));
    },

    async at(revision) {
      const rows = await database.query<ResourceRow>(
        `SELECT ${resourceColumns} FROM (
           SELECT DISTINCT ON (kind, workspace, name) * FROM resource_generations
           WHERE revision <= $1 ORDER BY kind, workspace, name, revision DESC
         ) newest WHERE NOT deleted`,
        [revision],
      );
      return rows.map(toResource);
    },
  };
}

function toVersion(row: VersionRow): ResourceVersion {
  const { revision, generation, deleted, author, message } = row;
  return {
    revision,
    generation,
    deleted,
    author,
    message,
    at: row.at.toISOString(),
    resource: toResource(row),
  };
}
