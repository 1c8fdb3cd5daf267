import { parseArgs } from "node:util";

/** What a testbed consists of. */
export interface Layout {
  readonly clusters: 1 | 2;
  /** Where pods of different ones cannot reach each other. */
  readonly networks: 1 | 2;
}

export const defaultLayout: Layout = { clusters: 1, networks: 1 };

/** Reads `--clusters` and `--networks`. @returns a sentence where they make no sense */
export function layoutFrom(args: readonly string[]): Layout | string {
  let values: { clusters?: string; networks?: string };
  try {
    const number = { type: "string" } as const;
    ({ values } = parseArgs({ args: [...args], options: { clusters: number, networks: number } }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const clusters = oneOrTwo(values.clusters);
  const networks = oneOrTwo(values.networks);
  if (clusters === undefined) return `--clusters is 1 or 2, not ${JSON.stringify(values.clusters)}`;
  if (networks === undefined) return `--networks is 1 or 2, not ${JSON.stringify(values.networks)}`;
  if (networks > clusters) return "--networks 2 takes --clusters 2: one cluster is in one network";
  return { clusters, networks };
}

/** The flags by which `up` makes this layout. */
export function flagsOf({ clusters, networks }: Layout): string {
  return `--clusters ${clusters} --networks ${networks}`;
}

export function layoutInWords({ clusters, networks }: Layout): string {
  if (clusters === 1) return "one cluster";
  return networks === 1 ? "two clusters in one network" : "two clusters, each in a network of its own";
}

function oneOrTwo(text = "1"): 1 | 2 | undefined {
  return text === "1" ? 1 : text === "2" ? 2 : undefined;
}
