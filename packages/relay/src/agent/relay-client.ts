import type { BundleReport } from "@heddle/api";
import { type Clock, systemClock } from "../clock.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import { type Logger, silentLogger } from "../logger.ts";
import { protocolVersion } from "../protocol-version.ts";
import type { Rejection } from "../rejection.ts";
import { RelayError, type RelayErrorCode } from "../relay-error.ts";
import { AgentConnection, type SentInventory } from "./agent-connection.ts";
import { Backoff, type BackoffOptions, defaultBackoff } from "./backoff.ts";
import { dial } from "./dial.ts";
import { IdentityKeeper, type KeyAndCsr } from "./identity-keeper.ts";
import type { AgentHandlers, AgentIdentity, AgentState, IdentityStore } from "./ports.ts";

export interface RelayClientOptions {
  readonly identities: IdentityStore;
  /** `heddle1.…`; needed until there is an identity, and again when that one is refused. */
  readonly token?: string;
  /** `host:port`, where it differs from the token's. */
  readonly address?: string;
  /** A new key and a request for it, in PEM. */
  readonly createKeyAndCsr: () => Promise<KeyAndCsr>;
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
  readonly #identity: IdentityKeeper;
  readonly #stopping = new AbortController();
  #phase: ClientPhase = "stopped";
  #running: Promise<void> | undefined;
  #connection: AgentConnection | undefined;

  constructor(options: RelayClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#logger = options.logger ?? silentLogger;
    this.#random = options.random ?? Math.random;
    this.#backoff = new Backoff({ ...defaultBackoff, ...options.backoff }, this.#random);
    this.#identity = new IdentityKeeper({
      identities: options.identities,
      token: options.token,
      address: options.address,
      createKeyAndCsr: options.createKeyAndCsr,
      state: options.state,
      limits: this.#limits,
      clock: this.#clock,
      random: this.#random,
      signal: this.#stopping.signal,
      onEnrolling: () => this.#enter("enrolling"),
    });
  }

  get phase(): ClientPhase {
    return this.#phase;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#connection?.end("RELAY_STOPPED");
    this.#stopping.abort();
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
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const { error: met, lastedMs } = await this.#attempt();
      if (signal.aborted || met.code === "RELAY_RENEWED") continue;
      const error = this.#identity.judged(met);
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
      const identity = await this.#identity.current();
      if (this.#stopping.signal.aborted) return end(new RelayError("RELAY_STOPPED"));
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
        await this.#identity.renew(client, identity);
        connection.end("RELAY_RENEWED");
      } catch (cause) {
        if (this.#connection !== connection) return;
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

  #enter(phase: ClientPhase, reason?: RelayErrorCode): void {
    this.#phase = phase;
    this.#options.onPhase?.(phase, reason);
  }

  /** Waits, unless or until the client is stopped. */
  async #wait(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const callOff = this.#clock.after(ms, resolve);
    const stop = () => resolve();
    signal.addEventListener("abort", stop);
    await promise;
    signal.removeEventListener("abort", stop);
    callOff();
  }
}
