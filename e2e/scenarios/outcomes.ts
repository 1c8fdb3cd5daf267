import { writeFile } from "node:fs/promises";
import type { Played } from "../src/mesh/conformance/played.ts";
import type { Scenario } from "./scenario.ts";

const played: Played[] = [];

/** Plays a scenario, called `AREA/NAME`, and notes what became of it. */
export async function noting(
  scenario: string,
  { title, proves }: Scenario,
  play: () => Promise<void>,
): Promise<void> {
  const started = performance.now();
  const note = (passed: boolean) =>
    played.push({ scenario, title, proves, passed, seconds: (performance.now() - started) / 1_000 });
  try {
    await play();
  } catch (error) {
    note(false);
    throw error;
  }
  note(true);
}

/** For the report, into the file that `HEDDLE_OUTCOMES` names; nothing without it. */
export async function writeOutcomes(): Promise<void> {
  const file = process.env["HEDDLE_OUTCOMES"];
  if (file) await writeFile(file, JSON.stringify(played));
}
