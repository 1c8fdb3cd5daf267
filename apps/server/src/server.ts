import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { openQueues } from "@heddle/queue";
import { createRelayServer } from "@heddle/relay";
import { type Logger, pino } from "pino";
import { agentAuthority } from "./agents/agent-authority.ts";
import { agentSessions } from "./agents/agent-sessions.ts";
import { endRemoved } from "./agents/end-removed.ts";
import { relayTls, serverAuthority, serverCertificateTtlMs } from "./agents/server-authority.ts";
import { Authenticator } from "./auth/authenticator.ts";
import { firstToken } from "./auth/first-token.ts";
import { Closing } from "./closing.ts";
import type { ServerConfig } from "./config.ts";
import { openDatabase } from "./database/open-database.ts";
import { Dispatcher } from "./delivery/dispatcher.ts";
import { startDuties } from "./duties.ts";
import { Fleet } from "./fleet/fleet.ts";
import { schema } from "./graphql/schema.ts";
import { createApp } from "./http/app.ts";
import { repeat } from "./repeat.ts";
import { ClusterBoard, inSync } from "./status/cluster-board.ts";
import { followOthers } from "./status/follow-others.ts";
import { ReportBoard } from "./status/report-board.ts";
import { ReportWriter } from "./status/report-writer.ts";
import { createMetrics } from "./telemetry/metrics.ts";
import { observeStages } from "./telemetry/observe-stages.ts";
import { addStateGauges } from "./telemetry/state-gauges.ts";
import { version } from "./version.ts";

export interface RunningServer {
  /** `http://host:port` of the API. */
  readonly url: string;
  /** `host:port` that agents dial. */
  readonly relayAddress: string;
  /** The administrator's token, at the first start of an installation only. */
  readonly firstToken: string | undefined;
  close(): Promise<void>;
}

/** How often a replica does what it does by itself; all in ms. */
export interface ServerTiming {
  /** Says that it lives and whom it holds. */
  readonly beatMs: number;
  /** Silence after which others count it as dead. */
  readonly deadAfterMs: number;
  readonly buryEveryMs: number;
  /** Looks at what agents said to other replicas. */
  readonly followMs: number;
  /** Looks for clusters that are out of step. */
  readonly sweepMs: number;
  /** Looks again at tokens of open subscriptions. */
  readonly recheckMs: number;
}

const defaultTiming: ServerTiming = {
  beatMs: 10_000,
  deadAfterMs: 30_000,
  buryEveryMs: 15_000,
  followMs: 2_000,
  sweepMs: 30_000,
  recheckMs: 30_000,
};

/** Longest that readiness waits for the database, in ms. */
const readyWithinMs = 2_000;
/** Longest that a step of closing waits for the queue, in ms: without its Redis it would wait for ever. */
const queueWithinMs = 3_000;
/** Longest that closing waits for the collector of traces, in ms. */
const exportWithinMs = 2_000;

/** Starts one replica. Rejects when its database, queue or addresses cannot be had; nothing is left running then. */
export async function startServer(
  config: ServerConfig,
  timing: Partial<ServerTiming> = {},
): Promise<RunningServer> {
  const log = pino(
    { level: config.logLevel, base: { replica: config.replica } },
    pino.destination({ dest: 2, sync: false }),
  );
  const closing = new Closing();
  try {
    return await start(config, { ...defaultTiming, ...timing }, log, closing);
  } catch (error) {
    await closing.run(log);
    throw error;
  }
}

async function start(
  config: ServerConfig,
  timing: ServerTiming,
  log: Logger,
  closing: Closing,
): Promise<RunningServer> {
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: config.dataDir,
    migrations: config.migrations,
  });
  closing.add(() => database.close());
  const { store } = database;
  const metrics = createMetrics();

  const queues = await openQueues({
    prefix: "heddle",
    ...(config.redisUrl === undefined ? { databaseUrl: database.url } : { redisUrl: config.redisUrl }),
    onError: (error) => {
      metrics.queueFaults.inc();
      log.warn({ err: error }, "the queue's connection was lost");
    },
  });
  closing.add(() => queues.close(), queueWithinMs);

  // A replica's queue is of no use to its successor, so its name is new with every start.
  const replica = `${config.replica}-${Date.now().toString(36)}`;
  const authority = await serverAuthority(store, config.keyFile);
  const stages = observeStages({
    metrics,
    tracing: config.tracing,
    also: config.onStage,
    installation: authority.certificatePem,
    replica,
  });
  closing.add(() => stages.close(), exportWithinMs);
  const stage = stages.observe;
  const fleet = new Fleet(store, log);
  fleet.onChange(({ revision, times }) => {
    if (times === undefined) return;
    stage({ stage: "wake", revision, from: times.woken, to: times.read });
    stage({ stage: "compile", revision, from: times.read, to: times.compiled });
  });
  const authenticator = new Authenticator({
    store,
    bindings: () => fleet.engine.world.ofKind("RoleBinding"),
  });
  fleet.onChange(({ resources }) => {
    if (resources.some((key) => key.startsWith("RoleBinding/"))) authenticator.forget();
  });
  const clusters = new ClusterBoard(store, log, replica);
  const reports = new ReportBoard(store);
  const writer = new ReportWriter(store.status, log);
  await Promise.all([clusters.load(), reports.load()]);
  closing.add(() => store.replicas.remove(replica));
  closing.add(() => clusters.flush());
  closing.add(() => writer.flush());

  const queue = queues.deliveries(replica);
  const dispatcher = new Dispatcher({
    fleet,
    queue,
    metrics,
    stage,
    log,
    onDesired: (cluster, revision) => clusters.desired(cluster, revision),
    inSync: (cluster) => inSync(clusters.get(cluster)),
  });
  dispatcher.start();
  closing.add(() => queue.destroy(), queueWithinMs);
  closing.add(() => dispatcher.stop(), queueWithinMs);
  await fleet.start();
  closing.add(() => fleet.stop());

  const agents = agentAuthority({
    store,
    fleet,
    authority,
    trustDomain: config.trustDomain,
    drift: config.drift,
  });
  const relay = await createRelayServer({
    listen: config.relayListen,
    tls: await relayTls(authority),
    trustDomain: config.trustDomain,
    authority: agents,
    handlers: agentSessions({
      store,
      fleet,
      dispatcher,
      reports,
      writer,
      clusters,
      metrics,
      stage,
      log,
      replica,
    }),
    logger: log,
    ...(config.relayRates && { rates: config.relayRates }),
  });
  closing.add(() => relay.close());
  const revoke = (clusterUid: string) => void relay.revoke({ clusterUid });
  closing.add(endRemoved({ fleet, dispatcher, authority: agents, clusters, reports, revoke, log }));
  const relayAddress = config.relayAddress ?? `${config.relayListen.host}:${relay.address.port}`;
  const renewal = setInterval(() => {
    relayTls(authority).then(relay.setTls, (error: unknown) =>
      log.error({ err: error }, "the relay's certificate was not renewed"),
    );
  }, serverCertificateTtlMs / 2);
  closing.add(() => clearInterval(renewal));

  const beat = async () => {
    for (const { cluster, lastSeenAt } of dispatcher.sessions())
      clusters.update({ cluster: cluster.name, replica, lastSeenAt: new Date(lastSeenAt).toISOString() });
    await store.replicas.beat(replica);
  };
  await beat();
  const holds = (cluster: string) => dispatcher.session(cluster) !== undefined;
  const again = (ms: number, task: string, work: () => Promise<void>) =>
    closing.add(
      repeat(ms, work, (error) => {
        metrics.taskFailures.inc({ task });
        log.warn({ err: error, task }, "a task failed; it is tried again");
      }),
    );
  again(timing.beatMs, "beat", beat);
  again(timing.followMs, "follow-others", followOthers({ store, clusters, reports, replica, holds }));
  again(timing.sweepMs, "sweep", () => dispatcher.sweep());
  const duties = await startDuties({ queues, store, log, ...timing });
  closing.add(() => duties.close(), queueWithinMs);

  const databaseRevision = () => {
    const late = AbortSignal.timeout(readyWithinMs);
    return Promise.race([
      store.changes.revision().catch(() => undefined),
      once(late, "abort").then(() => undefined),
    ]);
  };
  addStateGauges({
    metrics,
    fleet,
    dispatcher,
    clusters,
    reports,
    databaseRevision,
    authorityNotAfter: authority.notAfter,
  });

  const app = await createApp({
    schema,
    recheckMs: timing.recheckMs,
    services: {
      store,
      fleet,
      dispatcher,
      reports,
      clusters,
      authenticator,
      authority,
      metrics,
      stage,
      relayAddress,
      version,
      log,
    },
    unready: async () => {
      if (fleet.revision < 0) return "the fleet is not loaded";
      return (await databaseRevision()) === undefined ? "the database does not answer" : undefined;
    },
  });
  closing.add(() => app.close());
  await app.listen({ host: config.listen.host, port: config.listen.port });
  const { port } = app.server.address() as AddressInfo;
  fleet.translate();
  const first = await firstToken(store);
  return {
    url: `http://${config.listen.host.includes(":") ? `[${config.listen.host}]` : config.listen.host}:${port}`,
    relayAddress,
    firstToken: first,
    close: () => closing.run(log),
  };
}
