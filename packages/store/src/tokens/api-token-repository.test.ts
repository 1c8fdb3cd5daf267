import { expect, it } from "vitest";
import { testClock } from "../testing/test-clock.ts";
import { execute, useTestServer } from "../testing/test-database.ts";

const server = useTestServer();
const ci = { name: "ci", roles: ["editor"], workspaces: ["shop"] };

it("tells the secret once, keeps only its hash, and knows it again", async () => {
  const { apiTokens, url } = await server.store();
  const { token, secret } = await apiTokens.create(ci);
  expect(token).toMatchObject({ ...ci, expiresAt: null, lastUsedAt: null, revokedAt: null });
  expect(await apiTokens.verify(secret)).toMatchObject({ id: token.id, roles: ["editor"] });
  expect(await apiTokens.verify(`${secret}x`)).toBeUndefined();
  const rows = await execute(url, "SELECT * FROM api_tokens");
  expect(JSON.stringify([rows, await apiTokens.list()])).not.toContain(secret.slice(-20));
});

it("refuses it when revoked or expired", async () => {
  const clock = testClock();
  const { apiTokens } = await server.store({ clock });
  const expiresAt = new Date(clock.now() + 1_000).toISOString();
  const short = await apiTokens.create({ ...ci, expiresAt });
  const revoked = await apiTokens.create(ci);
  expect(await apiTokens.revoke(revoked.token.id)).toBe(true);
  expect(await apiTokens.revoke(revoked.token.id)).toBe(false);
  expect(await apiTokens.verify(revoked.secret)).toBeUndefined();
  clock.advance(999);
  expect(await apiTokens.verify(short.secret)).toBeDefined();
  clock.advance(1);
  expect(await apiTokens.verify(short.secret)).toBeUndefined();
});

it("notes the use to the minute", async () => {
  const clock = testClock();
  const { apiTokens } = await server.store({ clock });
  const { secret } = await apiTokens.create(ci);
  const used = async () => (await apiTokens.verify(secret))?.lastUsedAt;
  const first = await used();
  expect(first).toBe(new Date(clock.now()).toISOString());
  clock.advance(59_999);
  expect(await used()).toBe(first);
  clock.advance(1);
  expect(await used()).toBe(new Date(clock.now()).toISOString());
});

it("gives the first token to exactly one of those that ask at once, and never again", async () => {
  const { apiTokens } = await server.store();
  const ask = () => apiTokens.createFirst({ name: "admin", roles: ["admin"], workspaces: [] });
  const asked = await Promise.all(Array.from({ length: 8 }, ask));
  const [won, ...more] = asked.flatMap((answer) => answer ?? []);
  expect(more).toEqual([]);
  expect((await apiTokens.verify(won?.secret ?? ""))?.name).toBe("admin");
  await apiTokens.revoke(won?.token.id ?? "");
  expect(await ask()).toBeUndefined();
});
