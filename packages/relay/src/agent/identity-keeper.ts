import { create } from "@bufbuild/protobuf";
import type { Client } from "@grpc/grpc-js";
import { readAgentCertificate } from "../agent-certificate.ts";
import type { Clock } from "../clock.ts";
import { decodeToken } from "../enrolment-token.ts";
import {
  EnrolRequestSchema,
  type EnrolResponse,
  RenewRequestSchema,
} from "../gen/heddle/relay/v1/relay_pb.ts";
import type { Limits } from "../limits.ts";
import { RelayError, type RelayErrorCode } from "../relay-error.ts";
import { enrolMethod, renewMethod } from "../wire/contract.ts";
import { callUnary, dial } from "./dial.ts";
import { findAuthority } from "./find-authority.ts";
import type { AgentIdentity, AgentState, IdentityStore } from "./ports.ts";

export interface KeyAndCsr {
  readonly privateKeyPem: string;
  readonly csrPem: string;
}

export interface IdentityKeeperOptions {
  readonly identities: IdentityStore;
  readonly token: string | undefined;
  /** Where it differs from the token's. */
  readonly address: string | undefined;
  readonly createKeyAndCsr: () => Promise<KeyAndCsr>;
  readonly state: () => AgentState;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  readonly onEnrolling: () => void;
}

/** After these the identity is not worth another try if there is a token to enrol anew. */
const identityRefusals: ReadonlySet<RelayErrorCode> = new Set<RelayErrorCode>([
  "RELAY_CERTIFICATE_REQUIRED",
  "RELAY_CERTIFICATE_EXPIRED",
  "RELAY_CLUSTER_UNKNOWN",
  "RELAY_CLUSTER_MISMATCH",
  "RELAY_REVOKED",
]);

/** Whatever a server says, an agent renews no more often, in s. */
const leastRenewAfter = 30;

/** Gets an agent its identity and keeps it fresh. */
export class IdentityKeeper {
  readonly #options: IdentityKeeperOptions;
  /** Kept over attempts: the server answers a used token again only to the key that used it. */
  #pendingKey: KeyAndCsr | undefined;
  #refused = false;
  /** Of the stored certificate that was tried last, in ms since 1970. */
  #notAfter = Number.POSITIVE_INFINITY;

  constructor(options: IdentityKeeperOptions) {
    this.#options = options;
  }

  /**
   * What the server said to the identity the last time; a refusal makes `current` turn to the token, if there is one. Returns why it was: a server
   * is not shown a certificate that has expired, and asks for one.
   */
  judged(error: RelayError): RelayError {
    const expired = error.code === "RELAY_CERTIFICATE_REQUIRED" && this.#options.clock.now() > this.#notAfter;
    const told = expired ? new RelayError("RELAY_CERTIFICATE_EXPIRED", { cause: error }) : error;
    this.#refused = identityRefusals.has(told.code);
    return told;
  }

  /** The stored identity if it is worth trying, else a new one by the token. Rejects with a `RelayError`, or with what the store says. */
  async current(): Promise<AgentIdentity> {
    const { identities, onEnrolling, state, token } = this.#options;
    const stored = await identities.load();
    const certificate = stored && readAgentCertificate(stored.certificateChainPem);
    // Whether it has expired is for the server to say: this machine's clock may be the one that is wrong.
    const fits = certificate?.clusterUid === state().clusterUid;
    this.#notAfter = certificate?.notAfter ?? Number.POSITIVE_INFINITY;
    if (stored && fits && !(this.#refused && token)) return stored;
    if (!token) throw new RelayError(certificate ? "RELAY_CLUSTER_MISMATCH" : "RELAY_NOT_ENROLLED");
    onEnrolling();
    return this.#enrol(token);
  }

  /** A new key and certificate of the same cluster, over the connection that the present ones opened. */
  async renew(client: Client, present: AgentIdentity): Promise<AgentIdentity> {
    const { createKeyAndCsr, limits, signal } = this.#options;
    const { privateKeyPem, csrPem } = await createKeyAndCsr();
    const request = create(RenewRequestSchema, { csr: csrPem });
    const reply = await callUnary(client, renewMethod, request, { timeoutMs: limits.transferMs, signal });
    return this.#keep(reply, privateKeyPem, present.address);
  }

  async #enrol(token: string): Promise<AgentIdentity> {
    const { clock, createKeyAndCsr, limits, signal, state } = this.#options;
    const { pin, secret, ...fromToken } = decodeToken(token);
    const address = this.#options.address ?? fromToken.address;
    const { agentVersion, clusterUid, kubeVersion } = state();
    const timeoutMs = limits.transferMs;
    const caBundlePem = await findAuthority({ address, pin, timeoutMs, clock, signal });
    this.#pendingKey ??= await createKeyAndCsr();
    const { privateKeyPem, csrPem } = this.#pendingKey;
    const request = create(EnrolRequestSchema, {
      secret,
      csr: csrPem,
      clusterUid,
      kubeVersion,
      agentVersion,
    });
    const client = dial(address, { caBundlePem }, limits);
    try {
      const reply = await callUnary(client, enrolMethod, request, { timeoutMs, signal });
      const identity = await this.#keep(reply, privateKeyPem, address);
      this.#pendingKey = undefined;
      return identity;
    } finally {
      client.close();
    }
  }

  /** Stores what was issued. Renewal is due when the server said, ±10 %, so that agents enrolled together do not renew together. */
  async #keep(
    issued: Pick<EnrolResponse, "certificateChain" | "caBundle" | "renewAfterSeconds">,
    privateKeyPem: string,
    address: string,
  ): Promise<AgentIdentity> {
    const { clock, identities, random } = this.#options;
    const renewAfter = Math.max(issued.renewAfterSeconds, leastRenewAfter) * (0.9 + random() * 0.2);
    const identity = {
      privateKeyPem,
      certificateChainPem: issued.certificateChain,
      caBundlePem: issued.caBundle,
      address,
      renewAt: clock.now() + renewAfter * 1000,
    };
    await identities.save(identity);
    return identity;
  }
}
