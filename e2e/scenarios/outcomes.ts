import { writeFile } from "node:fs/promises";

const proven = new Set<string>();

/** Fields that a scenario has shown on traffic. */
export function noteOutcome(fields: readonly string[]): void {
  for (const field of fields) proven.add(field);
}

/** For the report, into the file that `HEDDLE_OUTCOMES` names; nothing without it. */
export async function writeOutcomes(): Promise<void> {
  const file = process.env["HEDDLE_OUTCOMES"];
  if (file) await writeFile(file, JSON.stringify([...proven].sort()));
}
