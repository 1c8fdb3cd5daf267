import { writeFile } from "node:fs/promises";
import type { Proofs } from "../src/mesh/conformance.ts";

const proven = new Map<string, string[]>();

/** Fields that a scenario has shown on traffic. */
export function noteOutcome(scenario: string, fields: readonly string[]): void {
  for (const field of fields) proven.set(field, [...(proven.get(field) ?? []), scenario].sort());
}

/** For the report, into the file that `HEDDLE_OUTCOMES` names; nothing without it. */
export async function writeOutcomes(): Promise<void> {
  const file = process.env["HEDDLE_OUTCOMES"];
  const proofs: Proofs = Object.fromEntries(proven);
  if (file) await writeFile(file, JSON.stringify(proofs));
}
