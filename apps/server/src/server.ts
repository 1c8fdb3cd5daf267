import type { AddressInfo } from "node:net";
import { openQueues } from "@heddle/queue";
import { createRelayServer } from "@heddle/relay";
import { type Logger, pino } from "pino";
import { agentAuthority } from "./agents/agent-authority.ts";
import { agentSessions } from "./agents/agent-sessions.ts";
import { relayTls, serverAuthority, serverCertificateTtlMs } from "./agents/server-authority.ts";
import { Authenticator } from "./auth/authenticator.ts";
import { firstToken } from "./auth/first-token.ts";
import type { ServerConfig } from "./config.ts";
import { openDatabase } from "./database/open-database.ts";
import { Dispatcher } from "./delivery/dispatcher.ts";
import { startDuties } from "./duties.ts";
import { Fleet } from "./fleet/fleet.ts";
import { schema } from "./graphql/schema.ts";
import { createApp } from "./http/app.ts";
import { createMetrics } from "./http/metrics.ts";
import { ClusterBoard } from "./status/cluster-board.ts";
import { ReportBoard } from "./status/report-board.ts";
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

/** Everything that was opened, to be closed in reverse order, also when starting fails half-way. */
class Closing {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  async run(log: Logger): Promise<void> {
    for (const step of this.#steps.splice(0).reverse())
      try {
        await step();
      } catch (error) {
        log.warn({ err: error }, "closing failed in part");
      }
  }
}

/** Starts one replica. Rejects when its database, queue or addresses cannot be had; nothing is left running then. */
export async function startServer(config: ServerConfig): Promise<RunningServer> {
  const log = pino(
    { level: config.logLevel, base: { replica: config.replica } },
    pino.destination({ dest: 2, sync: false }),
  );
  const closing = new Closing();
  try {
    return await start(config, log, closing);
  } catch (error) {
    await closing.run(log);
    throw error;
  }
}

async function start(config: ServerConfig, log: Logger, closing: Closing): Promise<RunningServer> {
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  closing.add(() => database.close());
  const { store } = database;
  const metrics = createMetrics();

  const queues = await openQueues({
    prefix: "heddle",
    ...(config.redisUrl === undefined ? { databaseUrl: database.url } : { redisUrl: config.redisUrl }),
    onError: (error) => log.warn({ err: error }, "the queue's connection was lost"),
  });
  closing.add(() => queues.close());

  const authority = await serverAuthority(store, config.keyFile);
  const authenticator = new Authenticator(store);
  const clusters = new ClusterBoard(store, log);
  const reports = new ReportBoard(store);
  await Promise.all([clusters.load(), reports.load()]);
  const fleet = new Fleet(store, log);
  closing.add(() => clusters.flush());

  // A replica's queue is of no use to its successor, so its name is new with every start.
  const replica = `${config.replica}-${Date.now().toString(36)}`;
  const queue = queues.deliveries(replica);
  const dispatcher = new Dispatcher({
    fleet,
    queue,
    metrics,
    log,
    onDesired: (cluster, revision) => clusters.desired(cluster, revision),
  });
  dispatcher.start();
  closing.add(() => queue.destroy());
  closing.add(() => dispatcher.stop());
  await fleet.start();
  closing.add(() => fleet.stop());

  const relay = await createRelayServer({
    listen: config.relayListen,
    tls: await relayTls(authority),
    trustDomain: config.trustDomain,
    authority: agentAuthority({
      store,
      fleet,
      authority,
      trustDomain: config.trustDomain,
      drift: config.drift,
    }),
    handlers: agentSessions({ store, fleet, dispatcher, reports, clusters, metrics, log, replica }),
    logger: log,
    ...(config.relayRates && { rates: config.relayRates }),
  });
  closing.add(() => relay.close());
  const relayAddress = config.relayAddress ?? `${config.relayListen.host}:${relay.address.port}`;
  const renewal = setInterval(() => {
    relayTls(authority).then(relay.setTls, (error: unknown) =>
      log.error({ err: error }, "the relay's certificate was not renewed"),
    );
  }, serverCertificateTtlMs / 2);
  closing.add(() => clearInterval(renewal));

  const duties = await startDuties({ duties: queues.duties, store, log });
  closing.add(() => duties.close());

  const app = await createApp({
    schema,
    metrics,
    services: {
      store,
      fleet,
      dispatcher,
      reports,
      clusters,
      authenticator,
      authority,
      relayAddress,
      endSessions: (clusterUid) => void relay.revoke({ clusterUid }),
      version,
      log,
    },
    unready: async () => {
      if (fleet.revision < 0) return "the fleet is not loaded";
      return store.changes.revision().then(
        () => undefined,
        () => "the database does not answer",
      );
    },
  });
  closing.add(() => app.close());
  await app.listen({ host: config.listen.host, port: config.listen.port });
  const { port } = app.server.address() as AddressInfo;
  const first = await firstToken(store);
  return {
    url: `http://${config.listen.host.includes(":") ? `[${config.listen.host}]` : config.listen.host}:${port}`,
    relayAddress,
    firstToken: first,
    close: () => closing.run(log),
  };
}
