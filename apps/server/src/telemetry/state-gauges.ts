import { Gauge } from "prom-client";
import type { Dispatcher } from "../delivery/dispatcher.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { type ClusterBoard, inSync } from "../status/cluster-board.ts";
import type { ReportBoard } from "../status/report-board.ts";
import type { Metrics } from "./metrics.ts";

export interface StateGaugeOptions {
  readonly metrics: Pick<Metrics, "registry">;
  readonly fleet: Fleet;
  readonly dispatcher: Dispatcher;
  readonly clusters: ClusterBoard;
  readonly reports: ReportBoard;
  /** The newest revision in the database; undefined when that does not answer in time. */
  readonly databaseRevision: () => Promise<number | undefined>;
  /** End of the authority that agents' certificates come from. */
  readonly authorityNotAfter: Date;
}

/** How this replica, its database and the clusters stand, read when Prometheus asks. */
export function addStateGauges(options: StateGaugeOptions): void {
  const { metrics, fleet, dispatcher, clusters, reports, databaseRevision, authorityNotAfter } = options;
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers: [metrics.registry],
      collect() {
        this.set(value());
      },
    });
  gauge("heddle_connected_agents", "Agents connected to this replica.", () => dispatcher.connected);
  gauge("heddle_revision", "Revision that this replica has come to.", () => fleet.revision);
  gauge(
    "heddle_failing_bundles",
    "Bundles that are not in place as they should be.",
    () => reports.failingCount,
  );
  gauge(
    "heddle_authority_not_after_seconds",
    "When the authority of agents' certificates expires, in seconds since 1970.",
    () => authorityNotAfter.getTime() / 1000,
  );
  gauge(
    "heddle_agent_certificate_not_after_seconds",
    "When the first certificate of an agent connected to this replica expires, in seconds since 1970; +Inf when none is connected.",
    () =>
      dispatcher
        .sessions()
        .reduce((first, { certificate }) => Math.min(first, certificate.notAfter / 1000), Infinity),
  );
  new Gauge({
    name: "heddle_clusters",
    help: "Clusters by state: in-sync, behind (connected to some replica, has not acknowledged what it should have) or disconnected.",
    labelNames: ["state"],
    registers: [metrics.registry],
    collect() {
      const counts = { "in-sync": 0, behind: 0, disconnected: 0 };
      for (const name of fleet.engine.world.clusters.keys()) {
        const status = clusters.get(name);
        counts[status.replica === null ? "disconnected" : inSync(status) ? "in-sync" : "behind"] += 1;
      }
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
  const database = new Gauge({
    name: "heddle_database_revision",
    help: "Newest revision in the database; missing while that does not answer.",
    registers: [metrics.registry],
  });
  new Gauge({
    name: "heddle_database_up",
    help: "1 when the database answers this replica, 0 when not.",
    registers: [metrics.registry],
    async collect() {
      const revision = await databaseRevision();
      this.set(revision === undefined ? 0 : 1);
      if (revision === undefined) database.remove();
      else database.set(revision);
    },
  });
}
