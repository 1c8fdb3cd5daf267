import { setTimeout as sleep } from "node:timers/promises";
import { durationMs } from "@heddle/api";
import { CliError } from "./cli-error.ts";
import type { ApiClient } from "./client/api-client.ts";
import { print } from "./session.ts";

const pollMs = 100;

const query = `query Status($refs: ResourceRef!) { resource(ref: $refs) { status { clusters { total programmed partiallyProgrammed pending failed } } } }`;

interface Counts {
  readonly total: number;
  readonly programmed: number;
  readonly partiallyProgrammed: number;
  readonly pending: number;
  readonly failed: number;
}

/** Waits until no cluster is left that has not answered, and says how they stand. @throws CliError after `timeout` */
export async function waitForClusters(
  api: ApiClient,
  keys: readonly string[],
  timeout: string,
): Promise<void> {
  const deadline = Date.now() + durationMs(timeout);
  for (const key of keys) {
    const [kind, workspace, name] = key.split("/");
    for (;;) {
      const { resource } = await api.query<{ resource: { status: { clusters: Counts | null } } | null }>(
        query,
        { refs: { kind, workspace, name } },
      );
      const counts = resource?.status.clusters;
      if (counts == null || counts.pending === 0) {
        if (counts != null) print(`${kind?.toLowerCase()}/${name}: ${summary(counts)}\n`);
        break;
      }
      if (Date.now() > deadline)
        throw new CliError(
          `${kind}/${name}: ${counts.pending} of ${counts.total} clusters have not answered within ${timeout}; \`heddle describe\` shows which`,
        );
      await sleep(pollMs);
    }
  }
}

function summary({ total, programmed, partiallyProgrammed, failed }: Counts): string {
  const parts = [`programmed in ${programmed} of ${total} clusters`];
  if (partiallyProgrammed > 0) parts.push(`in part in ${partiallyProgrammed}`);
  if (failed > 0) parts.push(`failed in ${failed}`);
  return parts.join(", ");
}
