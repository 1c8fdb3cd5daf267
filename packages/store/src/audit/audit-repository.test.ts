import { expect, it } from "vitest";
import { execute, useTestServer } from "../testing/test-database.ts";

const server = useTestServer();
const entry = (actor: string, target: string) => ({ actor, action: "apply", target, detail: { n: 1 } });

it("lists the newest first, by actor and by target, page by page", async () => {
  const { audit } = await server.store();
  for (const [actor, target] of [
    ["ada", "x"],
    ["bob", "x"],
    ["ada", "y"],
    ["ada", "x"],
  ] as const)
    await audit.append(entry(actor, target));
  const first = await audit.list({ actor: "ada", limit: 2 });
  expect(first.items.map(({ target }) => target)).toEqual(["x", "y"]);
  const rest = await audit.list({ actor: "ada", limit: 2, cursor: first.next ?? "" });
  expect(rest).toMatchObject({
    items: [{ actor: "ada", target: "x", action: "apply", detail: { n: 1 } }],
    next: null,
  });
  expect((await audit.list({ target: "x", actor: "bob" })).items).toHaveLength(1);
});

it("cannot be changed, not even by the database's owner", async () => {
  const { audit, url } = await server.store();
  await audit.append(entry("ada", "x"));
  for (const sql of [
    "UPDATE audit_log SET actor = 'eve'",
    "DELETE FROM audit_log",
    "DELETE FROM audit_log WHERE false",
    "TRUNCATE audit_log",
  ])
    await expect(execute(url, sql)).rejects.toMatchObject({
      code: "42501",
      message: expect.stringContaining("append-only"),
    });
  expect((await audit.list()).items).toHaveLength(1);
});
