import type { BundleReport, InventoryDelta } from "@heddle/api";
import type { BundleState } from "../diff-bundles.ts";
import type { Rejection } from "../rejection.ts";
import type { RelayErrorCode } from "../relay-error.ts";
import type { RelaySession } from "./relay-session.ts";

export interface Refusal {
  readonly ok: false;
  readonly code: RelayErrorCode;
}

export interface IssuedIdentity {
  readonly ok: true;
  /** The agent's certificate, then intermediates if any, in PEM. */
  readonly certificateChainPem: string;
  /** The authorities that server certificates come from, in PEM; more than one while they change. */
  readonly caBundlePem: string;
  /** From now; about half of the certificate's life. */
  readonly renewAfterSeconds: number;
}

export interface AgentFacts {
  /** uid of the cluster's namespace kube-system. */
  readonly clusterUid: string;
  readonly kubeVersion: string;
  readonly agentVersion: string;
}

/** A registered cluster as the relay needs it. */
export interface RelayCluster {
  readonly uid: string;
  readonly name: string;
  /** What its agent does when someone else changes an object that Heddle owns. */
  readonly driftMode: "repair" | "report";
}

/**
 * Who may connect; implemented over the store and the certificate authority. Refusals are values, a thrown error is a failure inside and
 * reaches the agent as `RELAY_INTERNAL`. A request that is no request is refused with `RELAY_CSR_INVALID`.
 */
export interface AuthorityPort {
  /** Uses up the one-time token whose secret has this SHA-256 (see `redemptionProblem`) and issues the cluster's first certificate. */
  enrol(request: {
    readonly tokenHash: string;
    readonly csr: string;
    readonly facts: AgentFacts;
  }): Promise<IssuedIdentity | Refusal>;
  /**
   * Called after `authorise` accepted the certificate that asks. `serial` is that one's, so that a revocation that came in between can be
   * heeded in the transaction that records the new one.
   */
  renew(request: {
    readonly clusterUid: string;
    readonly serial: string;
    readonly csr: string;
  }): Promise<IssuedIdentity | Refusal>;
  /** Judges a certificate that TLS has verified: is its cluster registered, is it revoked? */
  authorise(identity: {
    readonly clusterUid: string;
    readonly serial: string;
  }): Promise<{ readonly ok: true; readonly cluster: RelayCluster } | Refusal>;
}

/** What an agent says of itself when it connects. */
export interface AgentHello extends AgentFacts {
  readonly protocolVersion: string;
  /** The bundles it has applied. */
  readonly bundles: readonly BundleState[];
  /** The last inventory this agent knows to be acknowledged. */
  readonly inventory: { readonly sequence: number; readonly digest: string } | undefined;
}

export interface ReceivedInventory extends InventoryDelta {
  readonly sequence: number;
  /** Facts that could not be sent or read, by key: what is known of them is not up to date, and with `full` they are not gone. */
  readonly rejected: readonly Rejection[];
}

/** The agent is done with a delivery. */
export interface ReceivedAck {
  readonly deliveryId: string;
  /** Bundles that it could not read. */
  readonly rejected: readonly Rejection[];
  /** What applying it took there; 0 when the agent does not say. */
  readonly applyMs: number;
}

/**
 * What a server does with what agents say. Calls for one session never overlap and come in order, `onConnect` first and
 * `onDisconnect` last. An error thrown closes the session; the agent comes back and says everything again. When a newer stream of the
 * same cluster takes over, its `onConnect` may come before the older one's `onDisconnect`: compare session ids.
 */
export interface RelayHandlers {
  onConnect(session: RelaySession): Promise<void>;
  /** Acknowledged to the agent once it resolves. */
  onInventory(session: RelaySession, inventory: ReceivedInventory): Promise<void>;
  onStatus(session: RelaySession, reports: readonly BundleReport[]): Promise<void>;
  onDeliveryAck(session: RelaySession, ack: ReceivedAck): Promise<void>;
  onDisconnect(session: RelaySession, reason: RelayErrorCode): void;
}
