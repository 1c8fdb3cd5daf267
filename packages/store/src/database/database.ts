import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Clock } from "../clock.ts";
import { PrismaClient } from "../gen/client.ts";
import { StoreError } from "../store-error.ts";
import { withRetry } from "./retry.ts";
import { faultKind } from "./transient.ts";

/** SQL in, rows out. `int8` comes as a number (revisions stay below 2^53). */
export interface Sql {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

export type Isolation = "READ COMMITTED" | "REPEATABLE READ READ ONLY";

/** Its own `query` is one statement outside a transaction, and only for what may be run twice. */
export interface Database extends Sql {
  /** All of `work` or nothing of it. With `repeatable` it is run again even when it may have been committed. */
  transaction<T>(work: (sql: Sql) => Promise<T>, options: TransactionOptions): Promise<T>;
  /** Prisma's client for the plain tables, on the same pool; only for what may be run twice. */
  prisma<T>(work: (client: PrismaClient) => Promise<T>): Promise<T>;
  readonly clock: Clock;
  close(): Promise<void>;
}

export interface TransactionOptions {
  readonly repeatable: boolean;
  readonly isolation?: Isolation;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly clock: Clock;
}

export function openDatabase({ url, poolSize, clock }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    application_name: "heddle",
    types,
  });
  // A broken connection fails its query and is replaced; without a listener its event would end the process, also while it is lent out.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { onPoolError: () => undefined }) });
  return {
    clock,
    query: (text, values) => withRetry(clock, true, () => on(pool).query(text, values)),
    transaction: (work, options) =>
      withRetry(clock, options.repeatable, () =>
        transaction(pool, work, options.isolation ?? "READ COMMITTED"),
      ),
    prisma: (work) => withRetry(clock, true, () => work(prisma)),
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

async function transaction<T>(
  pool: pg.Pool,
  work: (sql: Sql) => Promise<T>,
  isolation: Isolation,
): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
    const result = await work(on(client));
    await commit(client);
    broken = false;
    return result;
  } catch (error) {
    // A connection that cannot roll back is not used again, which rolls back as well; the first error is the one to tell.
    broken = await client.query("ROLLBACK").then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  try {
    await client.query("COMMIT");
  } catch (cause) {
    if (faultKind(cause) !== "connection") throw cause;
    throw new StoreError(
      "CommitUnknown",
      "the connection was lost during the commit: it may have taken effect",
      {
        cause,
      },
    );
  }
}

function on(target: pg.Pool | pg.PoolClient): Sql {
  return {
    // `pg` types its values as mutable.
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await target.query<Row>(text, [...values])).rows,
  };
}

/** Revisions, counts and the audit log's numbers fit a double, and are numbers everywhere else. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    return oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format);
  },
};
