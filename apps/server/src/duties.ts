import type { DutyQueue, JobWorker } from "@heddle/queue";
import type { Store } from "@heddle/store";
import type { Logger } from "pino";

const hour = 3_600_000;

/** Revisions whose changes are kept for replicas that lag behind; older readers load everything. */
const keptRevisions = 100_000;

export interface DutyOptions {
  readonly duties: DutyQueue;
  readonly store: Store;
  readonly log: Logger;
}

/** What has to be done once in the whole installation, by whichever replica is free. */
export async function startDuties({ duties, store, log }: DutyOptions): Promise<JobWorker> {
  const worker = duties.work(
    {
      "compact-changes": () => store.changes.compact(keptRevisions),
      "drop-expired-tokens": async () => {
        const dropped = await store.enrolment.dropExpired();
        if (dropped > 0) log.info({ dropped }, "expired enrolment tokens dropped");
      },
    },
    { concurrency: 2 },
  );
  await duties.every({ duty: "compact-changes" }, hour);
  await duties.every({ duty: "drop-expired-tokens" }, hour);
  return worker;
}
