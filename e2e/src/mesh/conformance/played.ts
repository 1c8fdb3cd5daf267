import type { Proofs } from "./conformance.ts";

/** What became of one scenario. */
export interface Played {
  /** `AREA/NAME`. */
  readonly scenario: string;
  readonly title: string;
  /** Fields of capability tables that it shows. */
  readonly proves: readonly string[];
  readonly passed: boolean;
  readonly seconds: number;
}

/** Fields with the scenarios that have shown them, sorted. */
export function proofsOf(played: readonly Played[]): Proofs {
  const proofs: Record<string, string[]> = {};
  for (const { scenario, proves, passed } of played)
    if (passed) for (const field of proves) proofs[field] = [...(proofs[field] ?? []), scenario].sort();
  return proofs;
}

/** A line a scenario, and how many there are. */
export function playedTable(played: readonly Played[]): string {
  const sorted = played.toSorted((a, b) => (a.scenario < b.scenario ? -1 : 1));
  const width = Math.max(8, ...sorted.map(({ scenario }) => scenario.length));
  const lines = sorted.map(
    ({ scenario, title, passed, seconds }) =>
      `${scenario.padEnd(width)}  ${passed ? "passed" : "FAILED"}  ${seconds.toFixed(1).padStart(5)} s  ${title}`,
  );
  const failed = sorted.filter(({ passed }) => !passed).length;
  const fields = Object.keys(proofsOf(played)).length;
  return `${lines.join("\n")}\n\n${sorted.length - failed} scenarios passed, ${failed} failed; they show ${fields} fields on traffic\n`;
}
