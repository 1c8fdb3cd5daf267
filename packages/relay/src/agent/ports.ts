import type { BundleReport } from "@heddle/api";
import type { BundleState } from "../diff-bundles.ts";
import type { Rejection } from "../rejection.ts";

/** All that an agent needs to be recognised again. */
export interface AgentIdentity {
  readonly privateKeyPem: string;
  readonly certificateChainPem: string;
  /** The authorities that server certificates come from, in PEM. */
  readonly caBundlePem: string;
  /** `host:port` of the relay. */
  readonly address: string;
  /** Ms since 1970. */
  readonly renewAt: number;
}

/** Where an identity survives restarts. `save` must be atomic: key and certificate change together or not at all. */
export interface IdentityStore {
  load(): Promise<AgentIdentity | undefined>;
  save(identity: AgentIdentity): Promise<void>;
}

/** What the agent says when it connects; asked anew each time. */
export interface AgentState {
  readonly agentVersion: string;
  /** uid of the namespace kube-system. */
  readonly clusterUid: string;
  readonly kubeVersion: string;
  /** The bundles it has applied. */
  readonly bundles: readonly BundleState[];
  /** The last acknowledged inventory; left out when the agent starts afresh. */
  readonly inventory?: { readonly sequence: number; readonly digest: string };
}

export interface ReceivedWelcome {
  readonly protocolVersion: string;
  readonly driftMode: "repair" | "report";
}

export interface ReceivedBundle {
  readonly id: string;
  readonly hash: string;
  readonly objects: readonly unknown[];
}

/** One message of a delivery. Large deliveries come in several; each stands for itself. */
export interface ReceivedDelivery {
  readonly id: string;
  readonly revision: number;
  /** The full set was compared, and this is the last message: what is not mentioned in the delivery is as it should be. */
  readonly complete: boolean;
  readonly bundles: readonly ReceivedBundle[];
  readonly removed: readonly string[];
  /** Bundles that could not be sent or read: keep what is there. */
  readonly rejected: readonly Rejection[];
}

/** Calls never overlap and come in order. An error thrown closes the stream; the agent connects again and is compared by hash. */
export interface AgentHandlers {
  onWelcome(welcome: ReceivedWelcome): Promise<void>;
  /** The delivery is acknowledged and the reports are sent once it resolves. */
  onDelivery(delivery: ReceivedDelivery): Promise<readonly BundleReport[]>;
  /** The server wants a full inventory. */
  onInventoryRequest(): Promise<void>;
}
