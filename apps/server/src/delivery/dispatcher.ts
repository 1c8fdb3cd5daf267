import type { Bundle, ClusterDelta } from "@heddle/core";
import type { DeliveryQueue, JobWorker } from "@heddle/queue";
import {
  type EncodedBundle,
  encodeBundle,
  type ReceivedAck,
  RelayError,
  type RelaySession,
} from "@heddle/relay";
import type { Logger } from "pino";
import type { Fleet } from "../fleet/fleet.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { StageObserver } from "../telemetry/stage.ts";
import { HeldBundles } from "./held-bundles.ts";

export interface DispatcherOptions {
  readonly fleet: Fleet;
  readonly queue: DeliveryQueue;
  readonly metrics: Pick<Metrics, "deliveries" | "queueFaults">;
  readonly stage: StageObserver;
  readonly log: Logger;
  /** Called when a cluster should have something newer than it has. */
  readonly onDesired: (cluster: string, revision: number) => void;
  /** Whether its agent has acknowledged what it should have. */
  readonly inSync: (cluster: string) => boolean;
}

/** The live stream of a cluster's agent, and what is in that cluster. */
interface ConnectedAgent {
  readonly session: RelaySession;
  readonly held: HeldBundles;
  /** When deliveries that it has not acknowledged yet were sent, by id; ms as `performance.now()` says it. */
  readonly sent: Map<string, number>;
  /** When it was put on the queue, if no worker has taken it up since. */
  enqueued: number | undefined;
  /** Found out of step by the sweep before. */
  behind: boolean;
}

/**
 * Brings the clusters whose agents are connected to this replica up to date. Changes only note what was touched and put the cluster's name
 * on the queue; the worker reads what is newest, so jobs coalesce and may repeat.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #agents = new Map<string, ConnectedAgent>();
  readonly #encoded = new WeakMap<Bundle, EncodedBundle>();
  #worker: JobWorker | undefined;
  #deliveries = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  start(): void {
    const { queue, fleet } = this.#options;
    this.#worker = queue.work((clusters) => this.#deliver(clusters), { concurrency: 4 });
    fleet.onChange(({ deltas, clusters, revision }) => this.#changed(deltas, clusters, revision));
  }

  async stop(): Promise<void> {
    await this.#worker?.close();
  }

  get connected(): number {
    return this.#agents.size;
  }

  session(cluster: string): RelaySession | undefined {
    return this.#agents.get(cluster)?.session;
  }

  sessions(): RelaySession[] {
    return [...this.#agents.values()].map(({ session }) => session);
  }

  /** A new stream: everything is compared with what its agent says it holds. */
  async connect(session: RelaySession): Promise<void> {
    const cluster = session.cluster.name;
    this.#agents.set(cluster, {
      session,
      held: new HeldBundles(session.hello.bundles),
      sent: new Map(),
      enqueued: undefined,
      behind: false,
    });
    this.#options.onDesired(cluster, this.#options.fleet.revision);
    await this.#enqueue([cluster]);
  }

  disconnect(session: RelaySession): void {
    if (this.#agents.get(session.cluster.name)?.session === session)
      this.#agents.delete(session.cluster.name);
  }

  /** The agent is done with a delivery, but for what it could not read of it. */
  acknowledged(session: RelaySession, { deliveryId, rejected, applyMs }: ReceivedAck): void {
    const cluster = session.cluster.name;
    const agent = this.#agents.get(cluster);
    if (agent?.session !== session) return;
    agent.held.lost(rejected.map(({ id }) => id));
    const from = agent.sent.get(deliveryId);
    if (from === undefined) return;
    agent.sent.delete(deliveryId);
    const to = performance.now();
    const revision = Number.parseInt(deliveryId, 10);
    const applied = Math.min(from + applyMs, to);
    this.#options.stage({ stage: "apply", revision, from, to: applied, cluster });
    this.#options.stage({ stage: "acknowledge", revision, from: applied, to, cluster });
  }

  /**
   * Compares everything again for clusters that are out of step now and were at the last sweep: whatever lost their job, a Redis without its
   * data or a full disk, they come back. To be called now and then.
   */
  async sweep(): Promise<void> {
    const due: string[] = [];
    for (const [cluster, agent] of this.#agents) {
      const behind = !this.#options.inSync(cluster);
      if (behind && agent.behind) {
        agent.held.compareAgain();
        due.push(cluster);
      }
      agent.behind = behind;
    }
    if (due.length > 0) await this.#enqueue(due);
  }

  /** The agent does not hold these as a whole any more: those that are wanted are delivered again. */
  async redeliver(session: RelaySession, bundles: readonly string[]): Promise<void> {
    const agent = this.#agents.get(session.cluster.name);
    if (agent?.session !== session) return;
    agent.held.lost(bundles);
    agent.held.touch(bundles);
    await this.#enqueue([session.cluster.name]);
  }

  #changed(deltas: ReadonlyMap<string, ClusterDelta>, changed: readonly string[], revision: number): void {
    const due = new Set<string>();
    for (const [cluster, { upserts, removes }] of deltas) {
      this.#options.onDesired(cluster, revision);
      const agent = this.#agents.get(cluster);
      if (agent === undefined) continue;
      agent.held.touch(upserts.map(({ id }) => id));
      agent.held.touch(removes);
      due.add(cluster);
    }
    // A cluster that was paused may be paused no longer.
    for (const cluster of changed) if (this.#agents.has(cluster)) due.add(cluster);
    if (due.size > 0) void this.#enqueue([...due]);
  }

  /** When the queue is away, delivery goes on without it: the queue spreads work, it does not hold state. */
  async #enqueue(clusters: readonly string[]): Promise<void> {
    const now = performance.now();
    for (const cluster of clusters) {
      const agent = this.#agents.get(cluster);
      if (agent !== undefined) agent.enqueued ??= now;
    }
    try {
      await this.#options.queue.enqueue(clusters);
    } catch (error) {
      this.#options.metrics.queueFaults.inc();
      this.#options.log.warn({ err: error }, "the queue does not answer; delivering without it");
      await this.#deliver(clusters);
    }
  }

  /** Returns the clusters that could not be brought up to date. */
  async #deliver(clusters: readonly string[]): Promise<readonly string[]> {
    const outcomes = await Promise.allSettled(clusters.map((cluster) => this.#deliverTo(cluster)));
    return clusters.filter((cluster, index) => {
      const outcome = outcomes[index];
      if (outcome?.status !== "rejected") return false;
      this.#options.log.warn({ cluster, err: outcome.reason }, "delivery failed; it is tried again");
      return true;
    });
  }

  async #deliverTo(cluster: string): Promise<void> {
    const agent = this.#agents.get(cluster);
    const { fleet, metrics, stage, log } = this.#options;
    const known = fleet.engine.world.clusters.get(cluster);
    // Of a cluster that was removed, or has not told yet what is in it, nothing is wanted; that is no reason to take from it what it has.
    if (agent === undefined || known === undefined || known.facts.size === 0 || known.cluster.paused) return;
    const { revision } = fleet;
    const due = agent.held.take(fleet.engine.bundles(cluster));
    const { upserts, removes, complete, touched } = due;
    // What was touched and is as before again is an empty delivery: the cluster's revision follows.
    if (!complete && !touched) return;
    const delivery = {
      id: `${revision}.${++this.#deliveries}`,
      revision,
      complete,
      bundles: upserts.map((bundle) => this.#encode(bundle)),
      removed: removes,
    };
    const from = performance.now();
    stage({ stage: "enqueue", revision, from: agent.enqueued ?? from, to: from, cluster });
    agent.enqueued = undefined;
    agent.sent.set(delivery.id, from);
    try {
      const { rejected } = await agent.session.deliver(delivery);
      const to = performance.now();
      // An agent may be done before the transport says that it has taken everything.
      if (agent.sent.has(delivery.id)) agent.sent.set(delivery.id, to);
      stage({ stage: "send", revision, from, to, cluster });
      agent.held.sent(due);
      agent.held.lost(rejected.map(({ id }) => id));
      metrics.deliveries.inc({ outcome: "sent" });
      for (const { id, code } of rejected)
        log.warn({ cluster, bundle: id, code }, "a bundle could not be sent");
    } catch (error) {
      metrics.deliveries.inc({ outcome: "failed" });
      agent.sent.delete(delivery.id);
      agent.held.untaken(due);
      // A stream that ended is no failure of delivery: the next connection compares everything.
      if (!(error instanceof RelayError)) throw error;
    }
  }

  #encode(bundle: Bundle): EncodedBundle {
    let encoded = this.#encoded.get(bundle);
    if (encoded === undefined) {
      encoded = encodeBundle(bundle.id, bundle.hash, bundle.bytes);
      this.#encoded.set(bundle, encoded);
    }
    return encoded;
  }
}
