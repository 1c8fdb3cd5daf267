import { structuredPatch } from "diff";
import { stringify } from "yaml";
import { colour } from "./colour.ts";

/** Lines around a difference. */
const context = 3;

/** Two values as a unified diff of their YAML with sorted keys; empty when they are equal. `undefined` is nothing at all. */
export function yamlDiff(before: unknown, after: unknown, names?: readonly [string, string]): string {
  const { hunks } = structuredPatch("", "", yaml(before), yaml(after), undefined, undefined, { context });
  const head = names === undefined || hunks.length === 0 ? [] : [`--- ${names[0]}`, `+++ ${names[1]}`];
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: changed }) => [
    colour("cyan", `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`),
    ...changed.map(painted),
  ]);
  return [...head.map((line) => colour("bold", line)), ...lines].map((line) => `${line}\n`).join("");
}

/** Of no lines, a unified diff names the line before. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

/** A value as YAML in the order that diffs have. */
export function yaml(value: unknown): string {
  if (value === undefined || value === null) return "";
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true });
}

function painted(line: string): string {
  if (line.startsWith("+")) return colour("green", line);
  return line.startsWith("-") ? colour("red", line) : line;
}
