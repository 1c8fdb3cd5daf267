import type { Store } from "@heddle/store";
import type { Authority } from "@heddle/trust";
import type { Logger } from "pino";
import type { Authenticator } from "../auth/authenticator.ts";
import type { Actor } from "../auth/permissions.ts";
import type { Dispatcher } from "../delivery/dispatcher.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { ClusterBoard } from "../status/cluster-board.ts";
import type { ReportBoard } from "../status/report-board.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { StageObserver } from "../telemetry/stage.ts";

/** The parts of a server that the API speaks with. */
export interface Services {
  readonly store: Store;
  readonly fleet: Fleet;
  readonly dispatcher: Dispatcher;
  readonly reports: ReportBoard;
  readonly clusters: ClusterBoard;
  readonly authenticator: Authenticator;
  readonly authority: Authority;
  readonly metrics: Metrics;
  readonly stage: StageObserver;
  /** `host:port` that agents dial. */
  readonly relayAddress: string;
  readonly version: string;
  readonly log: Logger;
}

export interface ApiContext extends Services {
  readonly actor: Actor;
}
