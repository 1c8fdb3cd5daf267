import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/** Rules without an example, and examples that are not there, are found here; that the examples hold, `golden.test.ts` shows. */
const text = readFileSync(join(import.meta.dirname, "../../../docs/semantics.md"), "utf8");
const named = [...text.matchAll(/\(→ ([^)]+)\)/g)].flatMap(([, names = ""]) => names.split(/,\s+/));

describe("docs/semantics.md", () => {
  it("names only golden cases that exist", () => {
    const golden = join(import.meta.dirname, "../golden");
    expect(named.filter((name) => !existsSync(join(golden, name, "expected.yaml")))).toEqual([]);
  });

  it("has an example for every numbered rule of traffic", () => {
    const rules =
      text
        .split("## Traffic")[1]
        ?.split("## Connections")[0]
        ?.match(/^\d\. [\s\S]*?(?=^\d\. |^$)/gm) ?? [];
    expect(rules).toHaveLength(5);
    for (const rule of rules) expect(rule).toMatch(/→/);
  });
});
