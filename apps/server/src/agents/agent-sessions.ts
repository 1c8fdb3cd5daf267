import type { BundleReport } from "@heddle/api";
import type { RelayHandlers, RelaySession } from "@heddle/relay";
import type { ClusterStatusUpdate, Store } from "@heddle/store";
import type { Logger } from "pino";
import type { Dispatcher } from "../delivery/dispatcher.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { ClusterBoard } from "../status/cluster-board.ts";
import type { ReportBoard } from "../status/report-board.ts";
import type { ReportWriter } from "../status/report-writer.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { StageObserver } from "../telemetry/stage.ts";

export interface AgentSessionsOptions {
  readonly store: Store;
  readonly fleet: Fleet;
  readonly dispatcher: Dispatcher;
  readonly reports: ReportBoard;
  readonly writer: ReportWriter;
  readonly clusters: ClusterBoard;
  readonly metrics: Metrics;
  readonly stage: StageObserver;
  readonly log: Logger;
  readonly replica: string;
}

/** What the server does with what agents say: inventory and status into the store, acknowledgements onto the boards. */
export function agentSessions(options: AgentSessionsOptions): RelayHandlers {
  const { store, fleet, dispatcher, reports, writer, clusters, metrics, stage, log, replica } = options;
  return {
    async onConnect(session) {
      const { name } = session.cluster;
      clusters.update(connected(session, replica));
      log.info({ cluster: name, agent: session.hello.agentVersion }, "agent connected");
      // Its agent may hold what a replica that is further on has sent: nothing older goes after that.
      if (!(await fleet.reached(await store.changes.revision()))) {
        session.close("RELAY_INTERNAL");
        return;
      }
      // Another replica may have held the agent until now.
      await writer.flush();
      await reports.refresh(name);
      const inPlace = unreported(session, fleet, reports);
      reports.take(name, inPlace);
      writer.add(name, inPlace);
      await dispatcher.connect(session);
      // Removed between its certificate's check and now: whoever follows the changes saw no session yet.
      if ((await store.clusters.get(name))?.uid !== session.cluster.uid) session.close("RELAY_REVOKED");
      // What is stored of a cluster may be older than what its agent saw while nobody listened.
      if (session.hello.inventory === undefined) await session.requestInventory();
    },

    async onInventory(session, { sequence, full, upserts, deletes, rejected }) {
      const { name } = session.cluster;
      for (const { id, code } of rejected)
        log.warn({ cluster: name, fact: id, code }, "a fact could not be read");
      // With rejected facts "everything else is gone" would delete what only could not be said.
      const whole = full && rejected.length === 0;
      const from = performance.now();
      const { revision, changed } = await store.inventory.applyDelta(name, { full: whole, upserts, deletes });
      metrics.inventoryFacts.inc(changed.length);
      log.debug({ cluster: name, sequence, changed: changed.length }, "inventory");
      if (revision === null) return;
      stage({ stage: "commit", revision, from, to: performance.now() });
      fleet.wake(revision);
    },

    async onStatus(session, received) {
      const { name } = session.cluster;
      reports.take(name, received);
      writer.add(name, received);
      // A removal that failed is the agent's to try again: asked for once more, it would fail and be reported at once, without end.
      const wanted = fleet.engine.bundles(name);
      const broken = received.filter(
        ({ bundle, hash, problems }) => hash === "" && problems.length > 0 && wanted.has(bundle),
      );
      if (broken.length > 0)
        await dispatcher.redeliver(
          session,
          broken.map(({ bundle }) => bundle),
        );
    },

    async onDeliveryAck(session, ack) {
      dispatcher.acknowledged(session, ack);
      clusters.acknowledged(session.cluster.name, ack.deliveryId);
    },

    onDisconnect(session, reason) {
      dispatcher.disconnect(session);
      log.info({ cluster: session.cluster.name, reason }, "agent disconnected");
      if (dispatcher.session(session.cluster.name) === undefined) clusters.left(session.cluster.name);
    },
  };
}

/** Bundles that are wanted and in place as the agent says, while their reports were lost: by a crash between the agent's word and the store. */
function unreported(session: RelaySession, fleet: Fleet, reports: ReportBoard): BundleReport[] {
  const { name } = session.cluster;
  const desired = fleet.engine.bundles(name);
  return session.hello.bundles.flatMap(({ id, hash }) => {
    const wanted = desired.get(id);
    if (wanted === undefined || wanted.hash !== hash || reports.get(name, id)?.hash === hash) return [];
    return [{ bundle: id, hash, revision: fleet.revision, objects: wanted.objects.length, problems: [] }];
  });
}

function connected(session: RelaySession, replica: string): ClusterStatusUpdate {
  return {
    cluster: session.cluster.name,
    replica,
    lastSeenAt: new Date(session.lastSeenAt).toISOString(),
    agentVersion: session.hello.agentVersion,
    kubernetesVersion: session.hello.kubeVersion,
    certificateSerial: session.certificate.serial,
    certificateNotAfter: new Date(session.certificate.notAfter).toISOString(),
  };
}
