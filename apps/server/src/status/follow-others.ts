import type { Store, StoredReport } from "@heddle/store";
import type { ClusterBoard } from "./cluster-board.ts";
import type { ReportBoard } from "./report-board.ts";

/** Clocks of replicas differ, and a statement may commit later than its instant: the last look is looked at again by this much. */
const overlapMs = 5_000;
/** Problems that ended by their bundle's removal leave no row behind, so the rest is compared now and then. */
const settleEvery = 15;

export interface FollowOptions {
  readonly store: Pick<Store, "status">;
  readonly clusters: ClusterBoard;
  readonly reports: ReportBoard;
  readonly replica: string;
  /** Whether this replica holds the cluster's agent, and so knows better. */
  readonly holds: (cluster: string) => boolean;
}

/** Brings onto the boards of this replica what agents said to others since the last call. To be called every few seconds. */
export function followOthers({
  store,
  clusters,
  reports,
  replica,
  holds,
}: FollowOptions): () => Promise<void> {
  let newest = Date.now();
  let looks = 0;
  return async () => {
    for (const status of await store.status.clusters({ notHeldBy: replica }))
      if (!holds(status.cluster)) clusters.learn(status);
    const since = new Date(newest - overlapMs).toISOString();
    const found = await store.status.reportsElsewhere(replica, since);
    newest = Math.max(newest, Date.parse(found.at(-1)?.reportedAt ?? since));
    const byCluster = Map.groupBy(found, ({ cluster }: StoredReport) => cluster);
    for (const [cluster, told] of byCluster) if (!holds(cluster)) reports.learn(cluster, told);
    if (looks++ % settleEvery === 0) await reports.dropSettled((cluster) => !holds(cluster));
  };
}
