import type { AuthorityPort } from "@heddle/relay";
import type { Logger } from "pino";
import type { Dispatcher } from "../delivery/dispatcher.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { ClusterBoard } from "../status/cluster-board.ts";
import type { ReportBoard } from "../status/report-board.ts";

export interface EndRemovedOptions {
  readonly fleet: Fleet;
  readonly dispatcher: Dispatcher;
  readonly authority: Pick<AuthorityPort, "authorise">;
  readonly clusters: ClusterBoard;
  readonly reports: ReportBoard;
  /** Ends the streams of a cluster's agent. */
  readonly revoke: (clusterUid: string) => void;
  readonly log: Logger;
}

/**
 * Ends the stream of an agent whose cluster was removed, at whichever replica: all of them see the change. Returns the function that stops it.
 */
export function endRemoved(options: EndRemovedOptions): () => void {
  const { fleet, dispatcher, authority, clusters, reports, revoke, log } = options;
  return fleet.onChange(({ clusters: changed }) => {
    for (const name of changed) {
      const uid = fleet.engine.world.clusters.get(name)?.cluster.uid;
      if (uid === undefined) {
        clusters.forget(name);
        reports.forget(name);
      }
      const session = dispatcher.session(name);
      if (session === undefined || session.cluster.uid === uid) continue;
      // Enrolled anew under this name, it may only not be known here yet.
      const { clusterUid, serial } = session.certificate;
      authority.authorise({ clusterUid, serial }).then(
        ({ ok }) => {
          if (!ok) revoke(clusterUid);
        },
        (error: unknown) =>
          log.warn({ err: error, cluster: name }, "cannot tell whether the cluster was removed"),
      );
    }
  });
}
