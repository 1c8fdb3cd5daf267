import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { createProgram } from "../program.ts";
import { cliReference, commandsIn } from "./cli-reference.ts";
import { examples } from "./examples.ts";

const program = createProgram();

it("is what docs/cli.md says (npm run generate -w apps/cli)", async () => {
  const page = await readFile(new URL("../../../../docs/cli.md", import.meta.url), "utf8");
  expect(page).toBe(cliReference(program));
});

it("has a description and an example for every command, and no example of another", () => {
  const commands = commandsIn(program, []);
  expect(commands.filter(({ command }) => command.description() === "").map(({ path }) => path)).toEqual([]);
  expect(Object.keys(examples).sort()).toEqual(commands.map(({ path }) => path.join(" ")).sort());
  for (const { path } of commands) expect(examples[path.join(" ")]).toContain(`heddle ${path.join(" ")}`);
});
