import type { JobWorker, Queues } from "@heddle/queue";
import type { Store } from "@heddle/store";
import type { Logger } from "pino";

const hour = 3_600_000;

/** Revisions whose changes are kept for replicas that lag behind; older readers load everything. */
const keptRevisions = 100_000;

export interface DutyOptions {
  readonly queues: Pick<Queues, "duties" | "deliveries">;
  readonly store: Store;
  readonly log: Logger;
  /** How often to look for dead replicas, and how long one is silent before it counts as dead; ms. */
  readonly buryEveryMs: number;
  readonly deadAfterMs: number;
}

/** What has to be done once in the whole installation, by whichever replica is free. */
export async function startDuties(options: DutyOptions): Promise<JobWorker> {
  const { queues, store, log, buryEveryMs, deadAfterMs } = options;
  const { duties } = queues;
  const worker = duties.work(
    {
      "compact-changes": () => store.changes.compact(keptRevisions),
      "drop-expired-tokens": async () => {
        const dropped = await store.enrolment.dropExpired();
        if (dropped > 0) log.info({ dropped }, "expired enrolment tokens dropped");
      },
      // One that is only slow, or cut off from the database for a while, says at its next beat what it holds.
      "bury-replicas": async () => {
        for (const dead of await store.replicas.silent(deadAfterMs)) {
          log.warn(
            { dead },
            "a replica is gone: its clusters count as disconnected until they connect elsewhere",
          );
          await store.status.disconnected(dead);
          await queues.deliveries(dead).destroy();
          await store.replicas.remove(dead);
        }
      },
    },
    { concurrency: 2 },
  );
  await duties.every({ duty: "compact-changes" }, hour);
  await duties.every({ duty: "drop-expired-tokens" }, hour);
  await duties.every({ duty: "bury-replicas" }, buryEveryMs);
  return worker;
}
