import { describe, expect, it } from "vitest";
import { breakingStatements, isExpanding } from "./expanding.ts";
import { readMigrations } from "./migration-files.ts";

describe("an expanding migration", () => {
  it.each([
    ["20270101000000_expand_notes", true],
    ["20270101000000_notes_expand_more", false],
    ["20270101000000_expanding", false],
  ])("is known by its name: %s %s", (name, expands) => expect(isExpanding(name)).toBe(expands));

  it.each([
    "CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL)",
    "ALTER TABLE clusters ADD COLUMN note text",
    "ALTER TABLE clusters ADD COLUMN tier int NOT NULL DEFAULT 0",
    "CREATE INDEX clusters_note ON clusters (note) -- DROP it later",
  ])("may %s", (sql) => expect(breakingStatements(`${sql};`)).toEqual([]));

  it.each([
    "ALTER TABLE clusters DROP COLUMN zone",
    "ALTER TABLE clusters RENAME COLUMN zone TO place",
    "ALTER TABLE clusters ADD COLUMN note text NOT NULL",
    "ALTER TABLE clusters ALTER COLUMN zone SET NOT NULL",
    "ALTER TABLE facts ADD CONSTRAINT kinds CHECK (kind <> '')",
    "CREATE UNIQUE INDEX one_zone ON clusters (zone)",
    "UPDATE clusters SET zone = 'a'",
  ])("may not %s", (sql) => expect(breakingStatements(`CREATE TABLE a (b int); ${sql};`)).toEqual([sql]));

  it("of this program does nothing else", async () => {
    for (const { name, sql } of await readMigrations())
      if (isExpanding(name)) expect(breakingStatements(sql), name).toEqual([]);
  });
});
