import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../../testbed/artifact-cache.ts";
import { processMark } from "../network/claim.ts";
import type { Place } from "../network/network.ts";
import type { Layout } from "./testbed-layout.ts";

/** Of the testbed that `npm run testbed` keeps on a machine; all its files are below, so removing it removes them. */
export const testbedFolder = process.env["HEDDLE_TESTBED_FOLDER"] || "/run/heddle-testbed";
const file = join(testbedFolder, "state.json");

/** What a testbed says of itself while its process lives. */
export interface TestbedState {
  readonly mark: string;
  readonly layout: Layout;
  /** Nothing while it comes up. */
  readonly running?: RunningTestbed;
}

export interface RunningTestbed {
  /** Where the command line finds the server and its token. */
  readonly heddleConfig: string;
  readonly kubectl: string;
  readonly istioctl: string;
  readonly clusters: readonly RunningCluster[];
}

export interface RunningCluster {
  readonly name: string;
  readonly kubeconfig: string;
  /** By `NAMESPACE/NAME`, with their network namespaces and addresses. */
  readonly pods: readonly (Place & { readonly name: string })[];
}

export async function writeState(state: TestbedState): Promise<void> {
  await mkdir(testbedFolder, { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(state, null, 2));
  await rename(`${file}.new`, file);
}

/** Undefined when there is none, or its process is gone. */
export async function livingState(): Promise<TestbedState | undefined> {
  try {
    const state = JSON.parse(await readFile(file, "utf8")) as TestbedState;
    return (await processMark(pidOf(state))) === state.mark ? state : undefined;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

export function pidOf({ mark }: Pick<TestbedState, "mark">): number {
  return Number(mark.split(" ")[0]);
}
