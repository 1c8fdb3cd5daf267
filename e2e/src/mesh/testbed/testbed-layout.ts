import { parseArgs } from "node:util";

/** What a testbed consists of. */
export interface Layout {
  readonly clusters: 1 | 2;
  /** Pods of one do not reach those of another but through gateways. */
  readonly networks: 1 | 2;
}

const options = { clusters: { type: "string" }, networks: { type: "string" } } as const;

/** Reads `--clusters` and `--networks`, each 1 unless given. Where they make no sense, a sentence that says why. */
export function layoutFrom(args: readonly string[]): Layout | string {
  const { values, positionals } = parseArgs({ args: [...args], options, strict: false });
  const flags = Object.keys(values).flatMap((name) => (name in options ? [] : [`--${name}`]));
  const [unknown] = [...flags, ...positionals];
  if (unknown !== undefined) return `there are --clusters and --networks, but no ${unknown}`;
  const clusters = oneOrTwo(values.clusters);
  const networks = oneOrTwo(values.networks);
  if (clusters === undefined) return "--clusters must be 1 or 2";
  if (networks === undefined) return "--networks must be 1 or 2";
  if (networks > clusters) return "--networks 2 needs --clusters 2: one cluster is in one network";
  return { clusters, networks };
}

export function layoutInWords({ clusters, networks }: Layout): string {
  if (clusters === 1) return "one cluster";
  return networks === 1 ? "two clusters on one network" : "two clusters, each on a network of its own";
}

export function isSameLayout(one: Layout, other: Layout): boolean {
  return one.clusters === other.clusters && one.networks === other.networks;
}

function oneOrTwo(value: string | boolean | undefined = "1"): 1 | 2 | undefined {
  return value === "1" ? 1 : value === "2" ? 2 : undefined;
}
