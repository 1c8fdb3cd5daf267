import type { Clock } from "../clock.ts";
import type { Limits } from "../limits.ts";
import type { Logger } from "../logger.ts";
import type { Rate } from "../token-bucket.ts";
import type { ServerTls } from "./credential-source.ts";
import type { AuthorityPort, RelayHandlers } from "./ports.ts";
import type { ListenAddress } from "./relay-listener.ts";

export interface RelayServerOptions {
  readonly listen: ListenAddress;
  readonly tls: ServerTls;
  /** Of agent certificates' SPIFFE IDs; certificates of another one are refused. */
  readonly trustDomain: string;
  readonly authority: AuthorityPort;
  readonly handlers: RelayHandlers;
  readonly limits?: Partial<Limits>;
  readonly timing?: Partial<ServerTiming>;
  readonly rates?: Partial<ServerRates>;
  /** Bytes of incomplete messages that all streams may hold together; default 256 MiB. */
  readonly reassemblyBytes?: number;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly logger?: Logger;
  /** For tests of version skew. */
  readonly protocolVersion?: string;
}

/** All in ms. */
export interface ServerTiming {
  readonly heartbeatMs: number;
  /** A stream is asked to connect again after about this (±10 %), so that load spreads over replicas. */
  readonly maxAgeMs: number;
  /** How long a peer has to take the Goodbye and leave before its connection is cut. */
  readonly goodbyeMs: number;
  /** How long an agent has to say Hello. */
  readonly helloMs: number;
  /** After how long a silent connection is pinged (HTTP/2), and how long the answer may take. In real time, whatever the clock. */
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
}

export interface ServerRates {
  /** Connections by address. */
  readonly connections: Rate;
  /** Enrolments by address. */
  readonly enrolments: Rate;
  /** Renewals by cluster. */
  readonly renewals: Rate;
}

export const defaultTiming: ServerTiming = {
  heartbeatMs: 20_000,
  maxAgeMs: 6 * 3_600_000,
  goodbyeMs: 2_000,
  helloMs: 10_000,
  keepaliveMs: 20_000,
  keepaliveTimeoutMs: 10_000,
};

/** Agents behind one NAT share an address, hence the wide first one. */
export const defaultRates: ServerRates = {
  connections: { burst: 200, perSecond: 20 },
  enrolments: { burst: 20, perSecond: 0.5 },
  renewals: { burst: 5, perSecond: 10 / 3600 },
};

/** Heartbeats an agent may miss. */
export const missedHeartbeats = 3;
