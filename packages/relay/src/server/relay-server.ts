import { Server } from "@grpc/grpc-js";
import { systemClock } from "../clock.ts";
import { defaultLimits } from "../limits.ts";
import { silentLogger } from "../logger.ts";
import { protocolVersion } from "../protocol-version.ts";
import { RelayError } from "../relay-error.ts";
import { TokenBuckets } from "../token-bucket.ts";
import { connectMethod, enrolMethod, renewMethod } from "../wire/contract.ts";
import { ReassemblyBudget } from "../wire/reassembly.ts";
import type { ServerTls } from "./credential-source.ts";
import { type ListenAddress, RelayListener } from "./relay-listener.ts";
import type { RelaySession } from "./relay-session.ts";
import { defaultRates, defaultTiming, missedHeartbeats, type RelayServerOptions } from "./server-options.ts";
import { type RevocationTarget, SessionRegistry } from "./session-registry.ts";
import { StreamCalls } from "./stream-calls.ts";
import { UnaryCalls } from "./unary-calls.ts";

export interface RelayServer {
  readonly address: ListenAddress;
  readonly sessions: {
    readonly size: number;
    get(clusterUid: string): RelaySession | undefined;
    values(): Iterable<RelaySession>;
  };
  /** Bytes of incomplete messages held now. */
  readonly reassemblyBytes: number;
  /** New connections are shown and held to these; live ones stay. */
  setTls(tls: ServerTls): void;
  /** Ends the live streams of a certificate or a cluster; that they stay away is `authorise`'s part. Returns how many there were. */
  revoke(target: RevocationTarget): number;
  /** Says Goodbye to all, waits up to `graceMs` for handlers to finish, then ends every connection. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

const reassemblyBytes = 256 * 1024 * 1024;

/** Rejects with what `net` says when the address cannot be listened on. */
export async function createRelayServer(options: RelayServerOptions): Promise<RelayServer> {
  const clock = options.clock ?? systemClock;
  const limits = { ...defaultLimits, ...options.limits };
  const timing = { ...defaultTiming, ...options.timing };
  const rates = { ...defaultRates, ...options.rates };
  const random = options.random ?? Math.random;
  const logger = options.logger ?? silentLogger;
  const { trustDomain, authority, handlers, tls } = options;
  const budget = new ReassemblyBudget(options.reassemblyBytes ?? reassemblyBytes);
  const sessions = new SessionRegistry();

  const grpc = new Server({
    "grpc.max_receive_message_length": limits.frameBytes,
    "grpc.max_send_message_length": limits.frameBytes,
    "grpc.max_concurrent_streams": 8,
    "grpc.max_connection_idle_ms": 5 * 60_000,
    "grpc.keepalive_time_ms": timing.keepaliveMs,
    "grpc.keepalive_timeout_ms": timing.keepaliveTimeoutMs,

    "grpc.enable_channelz": 0,
  });
  const connections = new TokenBuckets(rates.connections, () => clock.now());
  const listener = new RelayListener(grpc, tls, (host) => connections.take(host));
  const unary = new UnaryCalls({ trustDomain, authority, rates, clock, logger });
  const streams = new StreamCalls({
    trustDomain,
    authority,
    handlers,
    limits,
    timing,
    budget,
    clock,
    random,
    logger,
    sessions,
    protocolVersion: options.protocolVersion ?? protocolVersion,
    cut: (peer) => listener.cut(peer),
  });
  grpc.addService({ enrol: enrolMethod }, { enrol: unary.enrol });
  grpc.addService(
    { connect: connectMethod, renew: renewMethod },
    { connect: streams.connect, renew: unary.renew },
  );
  const address = await listener.listen(options.listen);

  const sweep = (): void => {
    const now = clock.now();
    for (const session of sessions.values()) {
      try {
        session.check(now, timing.heartbeatMs * missedHeartbeats);
      } catch (error) {
        session.fail(RelayError.from(error));
      }
    }
    stopSweeping = clock.after(timing.heartbeatMs, sweep);
  };
  let stopSweeping = clock.after(timing.heartbeatMs, sweep);

  return {
    address,
    sessions,
    get reassemblyBytes() {
      return budget.held;
    },
    setTls: (next) => listener.publish(next),
    revoke: (target) => sessions.revoke(target),
    async close({ graceMs = timing.goodbyeMs } = {}) {
      stopSweeping();
      listener.stopAccepting();
      for (const session of sessions.values()) session.close("RELAY_SHUTDOWN", random() * 2_000);
      await streams.idle(graceMs);
      listener.destroy();
    },
  };
}
