import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const rows = readFileSync(join(root, "docs/faults.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| fault |"));

/** Tests that a row names: `[path](../path) › title`. */
function testsOf(row: string): readonly { readonly file: string; readonly title: string }[] {
  const cell = row.split(" | ").at(-1)?.replace(/ \|$/, "") ?? "";
  return cell.split("<br>").map((named) => {
    const [, file = "", title = ""] = /^\[[^\]]+\]\(\.\.\/([^)]+)\) › (.+)$/.exec(named) ?? [];
    return { file, title };
  });
}

/** Whether the file has a test, or a group of tests, of exactly this title. */
function has(file: string, title: string): boolean {
  const text = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
  const quoted = JSON.stringify(title);
  return text.includes(`(${quoted},`) || text.split("\n").some((line) => line.trim() === `${quoted},`);
}

it("docs/faults.md names a test for every fault, and each of them exists", () => {
  expect(rows.length).toBeGreaterThan(25);
  const missing = rows.flatMap((row) =>
    testsOf(row).flatMap(({ file, title }) =>
      has(file, title) ? [] : [`${row.slice(0, 40)}… ${file} › ${title}`],
    ),
  );
  expect(missing).toEqual([]);
});
