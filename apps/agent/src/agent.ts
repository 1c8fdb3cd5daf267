import { detectors } from "@heddle/dialects/detectors";
import {
  type ApiConnection,
  Applier,
  Discovery,
  DriftWatch,
  fromKubeconfig,
  inCluster,
  KubeClient,
  settleMs,
} from "@heddle/kube";
import { createRelayClient, type IdentityStore, type RelayClient } from "@heddle/relay/agent";
import { pino } from "pino";
import type { AgentConfig } from "./config.ts";
import { DeliveryHandler } from "./delivery/delivery-handler.ts";
import { ClusterWatch } from "./discovery/cluster-watch.ts";
import { serveHealth } from "./health.ts";
import { folderIdentityStore } from "./identity/folder-identity-store.ts";
import { secretIdentityStore } from "./identity/secret-identity-store.ts";
import { InventoryReporter } from "./inventory/inventory-reporter.ts";
import { untilAnswered } from "./until-answered.ts";
import { version } from "./version.ts";

export interface RunningAgent {
  /** Ends streams and watches; the cluster keeps what it has. */
  stop(): Promise<void>;
  /** Resolves when it has stopped: it was told to, or another agent of the same cluster took over. */
  readonly ended: Promise<"stopped" | "superseded">;
}

/** Starts the agent of one cluster. It goes on by itself whatever is away: the API server, the server, or both. */
export async function startAgent(config: AgentConfig): Promise<RunningAgent> {
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false }));
  const stopping = new AbortController();
  const { signal } = stopping;
  let relay: RelayClient | undefined;
  const health =
    config.healthListen === undefined
      ? undefined
      : await serveHealth(config.healthListen, () => relay?.phase === "connected");
  const connection = await connectionOf(config);
  const client = new KubeClient(connection, { userAgent: `heddle-agent/${version}` });
  const discovery = new Discovery(client);
  const { clusterUid, kubeVersion } = await untilAnswered(() => identify(client), log, signal);

  let driftMode: "repair" | "report" = "repair";
  const applier = new Applier({
    client,
    discovery,
    settleMs,
    get drift() {
      return driftMode;
    },
  });
  const relayClient = (): RelayClient => {
    if (relay === undefined) throw new Error("the relay is used before it was made");
    return relay;
  };
  const drift = new DriftWatch({
    client,
    discovery,
    applier,
    onDrift: (finding) => deliveries.drifted(finding),
    onFailure: (error) => log.warn({ err: error }, "cannot watch owned objects; trying again"),
  });
  const deliveries = new DeliveryHandler({
    applier,
    client: relayClient,
    log,
    signal,
    onApplied: () => drift.follow(signal),
  });
  const watch = new ClusterWatch({ client, discovery, detectors, log, onChange: () => inventory.changed() });
  const inventory = new InventoryReporter(watch.table, relayClient, log);

  await untilAnswered(() => deliveries.recover(), log, signal);
  drift.follow(signal);
  relay = createRelayClient({
    identities: identityStore(config, client),
    ...(config.token !== undefined && { token: config.token }),
    ...(config.relayAddress !== undefined && { address: config.relayAddress }),
    // Needed once in half a certificate's life, and not small.
    createKeyAndCsr: async () => (await import("@heddle/trust")).createKeyAndCsr(),
    logger: log,
    state: () => ({
      agentVersion: version,
      clusterUid,
      kubeVersion,
      bundles: deliveries.held(),
      ...(inventory.acknowledged && { inventory: inventory.acknowledged }),
    }),
    handlers: {
      async onWelcome(welcome) {
        driftMode = welcome.driftMode;
      },
      onDelivery: (delivery) => deliveries.deliver(delivery),
      async onInventoryRequest() {
        inventory.restart();
      },
    },
    onPhase: (phase, reason) => {
      log.info({ phase, ...(reason && { reason }) }, "relay");
      inventory.connected(phase === "connected");
      if (phase === "waiting" && reason === "RELAY_SUPERSEDED") {
        // To go on would undo what the other one does: what this one remembers is getting old.
        log.error("another agent of this cluster has taken over; this one ends");
        void end("superseded");
      }
    },
  });
  const ended = Promise.withResolvers<"stopped" | "superseded">();
  const end = async (why: "stopped" | "superseded"): Promise<void> => {
    stopping.abort();
    await relay?.stop();
    health?.close();
    ended.resolve(why);
  };
  relay.start();
  watch.start(signal).then(
    () => inventory.ready(),
    (error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, "discovery failed");
    },
  );
  return { stop: () => end("stopped"), ended: ended.promise };
}

function connectionOf(config: AgentConfig): Promise<ApiConnection> {
  const { serviceAccountDir: folder } = config;
  if (config.kubeconfig === undefined) return Promise.resolve(inCluster(folder ? { folder } : {}));
  return fromKubeconfig({ path: config.kubeconfig }, config.kubeContext);
}

function identityStore(config: AgentConfig, client: KubeClient): IdentityStore {
  return config.identity.kind === "folder"
    ? folderIdentityStore(config.identity.path)
    : secretIdentityStore(client, config.identity.namespace, config.identity.name);
}

/** The uid of kube-system is the cluster's identity: it never changes and no two clusters share it. */
async function identify(
  client: KubeClient,
): Promise<{ readonly clusterUid: string; readonly kubeVersion: string }> {
  const namespace = await client.request<{ metadata: { uid: string } }>({
    path: "/api/v1/namespaces/kube-system",
  });
  const { body } = await client.request<{ gitVersion: string }>({ path: "/version" });
  return { clusterUid: namespace.body.metadata.uid, kubeVersion: body.gitVersion };
}
