import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../testbed/artifact-cache.ts";
import { processMark } from "./claim.ts";

/** Of the one testbed that `npm run testbed` keeps on a machine; all its files are below, so removing it removes them. */
export const testbedFolder = "/run/heddle-testbed";
const file = join(testbedFolder, "state.json");

/** What a running testbed says of itself. */
export interface TestbedState {
  readonly mark: string;
  readonly kubeconfig: string;
  /** Where the command line finds the server and its token. */
  readonly heddleConfig: string;
  readonly kubectl: string;
  readonly istioctl: string;
  /** Pods with their network namespaces and addresses. */
  readonly pods: readonly { readonly name: string; readonly space: string; readonly address: string }[];
}

export async function writeState(state: TestbedState): Promise<void> {
  await mkdir(testbedFolder, { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(state, null, 2));
  await rename(`${file}.new`, file);
}

/** Undefined when there is none, or its process is gone. */
export async function runningState(): Promise<TestbedState | undefined> {
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
