import { StoreError } from "./store-error.ts";

export interface PageRequest {
  /** At most 1000; 100 unless given. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
}

const defaultLimit = 100;
const largestLimit = 1000;

/** A cursor is the sort key of the last row, so that rows which come and go meanwhile neither repeat nor hide others. */
export function cursorOf(...sortKey: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(sortKey.map(String))).toString("base64url");
}

/** `after` has `columns` texts, or as many nulls for the first page. @throws StoreError CursorInvalid */
export function readCursor(
  request: PageRequest,
  columns: number,
): { limit: number; after: readonly (string | null)[] } {
  const limit = Math.min(request.limit ?? defaultLimit, largestLimit);
  if (request.cursor === undefined) return { limit, after: Array.from({ length: columns }, () => null) };
  const after = parsed(request.cursor);
  if (!Array.isArray(after) || after.length !== columns || !after.every((part) => typeof part === "string"))
    throw new StoreError("CursorInvalid", "the cursor is not one that a page of this list gave");
  return { limit, after };
}

/** Makes a page of up to `limit + 1` rows: the one too many only says that there are more. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => T,
  cursor: (row: Row) => string,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), next: rows.length > limit && last !== undefined ? cursor(last) : null };
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
