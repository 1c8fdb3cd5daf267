import { join } from "node:path";
import { migrate, openStore, readMigrations, type Store, startEmbeddedPostgres } from "@heddle/store";

export interface Database {
  readonly url: string;
  readonly embedded: boolean;
  readonly store: Store;
  close(): Promise<void>;
}

/** Connects to the given database or starts an embedded one, and brings its schema up to date. @throws StoreError */
export async function openDatabase(options: {
  readonly url: string | undefined;
  readonly dataDir: string;
  readonly migrations?: URL | undefined;
}): Promise<Database> {
  const embedded =
    options.url === undefined
      ? await startEmbeddedPostgres({ dataDir: join(options.dataDir, "postgres") })
      : undefined;
  const url = options.url ?? embedded?.url ?? "";
  try {
    await migrate(url, await readMigrations(options.migrations));
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  const store = openStore({ url });
  return {
    url,
    embedded: embedded !== undefined,
    store,
    async close() {
      await store.close();
      await embedded?.stop();
    },
  };
}
