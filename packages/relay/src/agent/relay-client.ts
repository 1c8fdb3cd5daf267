import { create } from "@bufbuild/protobuf";
import type { BundleReport } from "@heddle/api";
import { readAgentCertificate } from "../agent-certificate.ts";
import { type Clock, systemClock } from "../clock.ts";
import { decodeToken } from "../enrolment-token.ts";
import { EnrolRequestSchema, RenewRequestSchema } from "../gen/heddle/relay/v1/relay_pb.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import { type Logger, silentLogger } from "../logger.ts";
import { protocolVersion } from "../protocol-version.ts";
import type { Rejection } from "../rejection.ts";
import { RelayError, type RelayErrorCode } from "../relay-error.ts";
import { enrolMethod, renewMethod } from "../wire/contract.ts";
import { AgentConnection, type SentInventory } from "./agent-connection.ts";
import { Backoff, type BackoffOptions, defaultBackoff } from "./backoff.ts";
import { callUnary, dial } from "./dial.ts";
import { findAuthority } from "./find-authority.ts";
import type { AgentHandlers, AgentIdentity, AgentState, IdentityStore } from "./ports.ts";

export interface RelayClientOptions {
  readonly identities: IdentityStore;
  /** `heddle1.…`; needed until there is an identity, and again when that one is refused. */
  readonly token?: string;
  /** `host:port`, where it differs from the token's. */
  readonly address?: string;
  /** A new key and a request for it, in PEM. */
  readonly createKeyAndCsr: () => Promise<{ readonly privateKeyPem: string; readonly csrPem: string }>;
  readonly state: () => AgentState;
  readonly handlers: AgentHandlers;
  /** Told about each change of state, with the reason where there is one. */
  readonly onPhase?: (phase: ClientPhase, reason?: RelayErrorCode) => void;
  readonly limits?: Partial<Limits>;
  readonly backoff?: Partial<BackoffOptions>;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly logger?: Logger;
  /** For tests of version skew. */
  readonly protocolVersion?: string;
}

/** See the README's drawing. */
export type ClientPhase = "stopped" | "enrolling" | "connecting" | "connected" | "waiting";

export interface RelayClient {
  readonly phase: ClientPhase;
  /** Begins to connect; never gives up. A second call does nothing. */
  start(): void;
  /** Says Goodbye; resolves when nothing runs any more. */
  stop(): Promise<void>;
  /** Resolves once the server has stored it, with the facts it did not take; rejects with a retryable `RelayError` when that is not sure. */
  sendInventory(inventory: SentInventory): Promise<readonly Rejection[]>;
  /** Resolves when the transport has taken them; rejects when there is no stream. */
  sendStatus(reports: readonly BundleReport[]): Promise<void>;
}

/** After these the identity is not worth another try if there is a token to enrol anew. */
const identityRefusals: ReadonlySet<RelayErrorCode> = new Set<RelayErrorCode>([
  "RELAY_CERTIFICATE_REQUIRED",
  "RELAY_CERTIFICATE_EXPIRED",
  "RELAY_CLUSTER_UNKNOWN",
  "RELAY_CLUSTER_MISMATCH",
  "RELAY_REVOKED",
]);
/** Until a failed renewal is tried again, in ms, ±50 %. */
const renewalRetryMs = 60_000;

export function createRelayClient(options: RelayClientOptions): RelayClient {
  return new ReconnectingClient(options);
}

class ReconnectingClient implements RelayClient {
  readonly #options: RelayClientOptions;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #logger: Logger;
  readonly #random: () => number;
  readonly #backoff: Backoff;
  #phase: ClientPhase = "stopped";
  #running: Promise<void> | undefined;
  #stopping = false;
  #wake: () => void = () => undefined;
  #connection: AgentConnection | undefined;
  /** Kept over attempts: the server answers a used token again only to the key that used it. */
  #pendingKey: { readonly privateKeyPem: string; readonly csrPem: string } | undefined;
  #identityRefused = false;

  constructor(options: RelayClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#logger = options.logger ?? silentLogger;
    this.#random = options.random ?? Math.random;
    this.#backoff = new Backoff({ ...defaultBackoff, ...options.backoff }, this.#random);
  }

  get phase(): ClientPhase {
    return this.#phase;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#connection?.end("RELAY_STOPPED");
    this.#wake();
    await this.#running;
  }

  async sendInventory(inventory: SentInventory): Promise<readonly Rejection[]> {
    return this.#connected().sendInventory(inventory);
  }

  async sendStatus(reports: readonly BundleReport[]): Promise<void> {
    return this.#connected().sendStatus(reports);
  }

  #connected(): AgentConnection {
    if (!this.#connection || this.#phase !== "connected") throw new RelayError("RELAY_CLOSED");
    return this.#connection;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const { error, lastedMs } = await this.#attempt();
      if (this.#stopping || error.code === "RELAY_RENEWED") continue;
      this.#identityRefused = identityRefusals.has(error.code);
      const waitMs = this.#backoff.next(error, lastedMs);
      this.#logger.warn(
        { code: error.code, waitMs: Math.round(waitMs), cause: error.cause },
        "not connected",
      );
      this.#enter("waiting", error.code);
      await this.#wait(waitMs);
    }
    this.#enter("stopped");
  }

  async #attempt(): Promise<{ readonly error: RelayError; readonly lastedMs: number }> {
    let establishedAt: number | undefined;
    const end = (error: RelayError) => ({
      error,
      lastedMs: establishedAt === undefined ? 0 : this.#clock.now() - establishedAt,
    });
    try {
      const identity = await this.#identity();
      if (this.#stopping) return end(new RelayError("RELAY_STOPPED"));
      this.#enter("connecting");
      return end(
        await this.#stream(identity, () => {
          establishedAt = this.#clock.now();
          this.#enter("connected");
        }),
      );
    } catch (cause) {
      return end(RelayError.from(cause));
    }
  }

  async #stream(identity: AgentIdentity, onEstablished: () => void): Promise<RelayError> {
    const { handlers, state } = this.#options;
    const client = dial(this.#options.address ?? identity.address, identity, this.#limits);
    const connection = new AgentConnection({
      client,
      state: state(),
      handlers,
      limits: this.#limits,
      clock: this.#clock,
      protocolVersion: this.#options.protocolVersion ?? protocolVersion,
      onEstablished,
    });
    this.#connection = connection;
    const renew = async (): Promise<void> => {
      try {
        const { privateKeyPem, csrPem } = await this.#options.createKeyAndCsr();
        const request = create(RenewRequestSchema, { csr: csrPem });
        const reply = await callUnary(client, renewMethod, request, this.#limits.transferMs);
        await this.#keep({ ...reply, privateKeyPem, address: identity.address });
        connection.end("RELAY_RENEWED");
      } catch (cause) {
        const { code } = RelayError.from(cause);
        this.#logger.warn({ code }, "the certificate could not be renewed; the present one stays in use");
        callOff = this.#clock.after(renewalRetryMs * (0.5 + this.#random()), () => void renew());
      }
    };
    let callOff = this.#clock.after(identity.renewAt - this.#clock.now(), () => void renew());
    try {
      return await connection.run();
    } finally {
      callOff();
      this.#connection = undefined;
    }
  }

  /** The stored identity if it is worth trying, else a new one by the token. */
  async #identity(): Promise<AgentIdentity> {
    const { identities, state, token } = this.#options;
    const stored = await identities.load();
    const certificate = stored && readAgentCertificate(stored.certificateChainPem);
    const fits = certificate?.clusterUid === state().clusterUid && this.#clock.now() <= certificate.notAfter;
    if (stored && fits && !(this.#identityRefused && token)) return stored;
    if (!token) throw new RelayError(stored ? "RELAY_CERTIFICATE_EXPIRED" : "RELAY_NOT_ENROLLED");
    this.#enter("enrolling");
    return this.#enrol(token);
  }

  async #enrol(token: string): Promise<AgentIdentity> {
    const { pin, secret, ...fromToken } = decodeToken(token);
    const address = this.#options.address ?? fromToken.address;
    const { agentVersion, clusterUid, kubeVersion } = this.#options.state();
    const timeoutMs = this.#limits.transferMs;
    const caBundlePem = await findAuthority({ address, pin, timeoutMs, clock: this.#clock });
    this.#pendingKey ??= await this.#options.createKeyAndCsr();
    const { privateKeyPem, csrPem } = this.#pendingKey;
    const client = dial(address, { caBundlePem }, this.#limits);
    try {
      const request = create(EnrolRequestSchema, {
        secret,
        csr: csrPem,
        clusterUid,
        kubeVersion,
        agentVersion,
      });
      const reply = await callUnary(client, enrolMethod, request, timeoutMs);
      const identity = await this.#keep({ ...reply, privateKeyPem, address });
      this.#pendingKey = undefined;
      return identity;
    } finally {
      client.close();
    }
  }

  /** Stores what the server issued. The renewal is due at the time it named, ±10 %, so that agents enrolled together do not renew together. */
  async #keep(issued: {
    readonly certificateChain: string;
    readonly caBundle: string;
    readonly renewAfterSeconds: number;
    readonly privateKeyPem: string;
    readonly address: string;
  }): Promise<AgentIdentity> {
    const { certificateChain, caBundle, renewAfterSeconds, privateKeyPem, address } = issued;
    const renewAt = this.#clock.now() + renewAfterSeconds * 1000 * (0.9 + this.#random() * 0.2);
    const identity = {
      privateKeyPem,
      certificateChainPem: certificateChain,
      caBundlePem: caBundle,
      address,
      renewAt,
    };
    await this.#options.identities.save(identity);
    return identity;
  }

  #enter(phase: ClientPhase, reason?: RelayErrorCode): void {
    this.#phase = phase;
    this.#options.onPhase?.(phase, reason);
  }

  async #wait(ms: number): Promise<void> {
    if (this.#stopping) return;
    await new Promise<void>((resolve) => {
      const callOff = this.#clock.after(ms, resolve);
      this.#wake = () => {
        callOff();
        resolve();
      };
    });
  }
}
