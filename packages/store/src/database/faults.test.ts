import pg from "pg";
import { expect, it, vi } from "vitest";
import { openStore } from "../store.ts";
import { author, put } from "../testing/samples.ts";
import { execute, useTestServer } from "../testing/test-database.ts";

const server = useTestServer();
const soon = { timeout: 10_000 };

const names = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);
const generations = async (url: string) =>
  (
    await execute<{ name: string; n: number }>(
      url,
      "SELECT name, count(*)::int AS n FROM resource_generations GROUP BY name",
    )
  ).map(({ name, n }) => [name, n]);

it("lets more callers than connections wait: everything is written once, in whatever order", async () => {
  const store = await server.store({ poolSize: 2 });
  const holder = new pg.Client({ connectionString: store.url });
  await holder.connect();
  await holder.query("BEGIN");
  await holder.query("LOCK TABLE resources IN ACCESS EXCLUSIVE MODE");
  const written = Promise.all(names(30).map((name) => store.resources.applyBatch([put(name)], author)));
  const waiting =
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  await vi.waitUntil(async () => (await execute(store.url, waiting)).length === 2, soon);
  await holder.query("COMMIT");
  await holder.end();
  expect(new Set((await written).map(({ revision }) => revision)).size).toBe(30);
  expect((await generations(store.url)).toSorted()).toEqual(
    names(30)
      .map((name) => [name, 1])
      .toSorted(),
  );
});

it("says DatabaseUnavailable when the server gives no connection, and goes on when it does", async () => {
  const url = await server.database();
  const name = new URL(url).pathname.slice(1);
  await execute(
    url,
    `CREATE ROLE guest LOGIN PASSWORD 'guest' CONNECTION LIMIT 1; GRANT ALL ON ALL TABLES IN SCHEMA public TO guest`,
  );
  await execute(url, `GRANT ALL ON DATABASE ${name} TO guest`);
  const guest = new URL(url);
  guest.username = "guest";
  guest.password = "guest";
  const only = new pg.Client({ connectionString: guest.href });
  await only.connect();
  const store = openStore({ url: guest.href });
  try {
    await expect(store.resources.applyBatch([put("early")], author)).rejects.toMatchObject({
      code: "DatabaseUnavailable",
      retryable: true,
    });
    await only.end();
    await vi.waitUntil(
      async () =>
        store.resources.applyBatch([put("late")], author).then(
          () => true,
          () => false,
        ),
      soon,
    );
    expect(await generations(url)).toEqual([["late", 1]]);
  } finally {
    await store.close();
  }
});

it.each([
  ["a serialization failure", "40001"],
  ["a deadlock", "40P01"],
])("runs a batch again after PostgreSQL reports %s, and writes it once", async (_what, code) => {
  const store = await server.store();
  // A sequence keeps its value when the transaction is rolled back.
  await execute(
    store.url,
    `CREATE SEQUENCE tries;
     CREATE FUNCTION fail_twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF nextval('tries') <= 2 THEN RAISE EXCEPTION 'injected' USING ERRCODE = '${code}'; END IF;
       RETURN NEW;
     END $$;
     CREATE TRIGGER fail_twice BEFORE INSERT ON resource_generations FOR EACH ROW EXECUTE FUNCTION fail_twice()`,
  );
  const { outcomes, revision } = await store.resources.applyBatch([put("one")], author);
  expect(outcomes).toMatchObject([{ outcome: "created" }]);
  expect(await execute(store.url, "SELECT last_value::int AS tries FROM tries")).toEqual([{ tries: 3 }]);
  expect(await generations(store.url)).toEqual([["one", 1]]);
  expect(await store.changes.revision()).toBe(revision);
});
