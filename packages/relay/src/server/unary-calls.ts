import { create } from "@bufbuild/protobuf";
import type { handleUnaryCall, ServerUnaryCall } from "@grpc/grpc-js";
import type { Clock } from "../clock.ts";
import { tokenHash } from "../enrolment-token.ts";
import {
  type EnrolRequest,
  type EnrolResponse,
  EnrolResponseSchema,
  type RenewRequest,
  type RenewResponse,
  RenewResponseSchema,
} from "../gen/heddle/relay/v1/relay_pb.ts";
import type { Logger } from "../logger.ts";
import { RelayError } from "../relay-error.ts";
import { TokenBuckets } from "../token-bucket.ts";
import { certificateOf, clusterOf, hostOf } from "./caller.ts";
import type { AuthorityPort, IssuedIdentity, Refusal } from "./ports.ts";
import type { ServerRates } from "./server-options.ts";

const uidPattern = /^[A-Za-z0-9_-]{1,63}$/;
const longestVersion = 128;
const longestCsr = 16_384;

export interface UnaryOptions {
  readonly trustDomain: string;
  readonly authority: AuthorityPort;
  readonly rates: ServerRates;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Both calls that issue certificates. */
export class UnaryCalls {
  readonly #options: UnaryOptions;
  readonly #enrolments: TokenBuckets;
  readonly #renewals: TokenBuckets;

  constructor(options: UnaryOptions) {
    const now = () => options.clock.now();
    this.#options = options;
    this.#enrolments = new TokenBuckets(options.rates.enrolments, now);
    this.#renewals = new TokenBuckets(options.rates.renewals, now);
  }

  readonly enrol: handleUnaryCall<EnrolRequest, EnrolResponse> = (call, callback) =>
    void this.#answer("enrol", call, () => this.#enrol(call)).then(
      (issued) => callback(null, create(EnrolResponseSchema, asReply(issued))),
      (error: unknown) => callback(RelayError.from(error).toStatus()),
    );

  readonly renew: handleUnaryCall<RenewRequest, RenewResponse> = (call, callback) =>
    void this.#answer("renew", call, () => this.#renew(call)).then(
      (issued) => callback(null, create(RenewResponseSchema, asReply(issued))),
      (error: unknown) => callback(RelayError.from(error).toStatus()),
    );

  async #enrol(call: ServerUnaryCall<EnrolRequest, EnrolResponse>): Promise<IssuedIdentity | Refusal> {
    if (!this.#enrolments.take(hostOf(call)))
      throw new RelayError("RELAY_RATE_LIMITED", { retryAfterMs: 5_000 });
    const { secret, csr, clusterUid, kubeVersion, agentVersion } = call.request;
    const sane =
      uidPattern.test(clusterUid) && Math.max(kubeVersion.length, agentVersion.length) <= longestVersion;
    if (!sane) throw new RelayError("RELAY_PROTOCOL_VIOLATION");
    if (csr.length > longestCsr) throw new RelayError("RELAY_CSR_INVALID");
    const facts = { clusterUid, kubeVersion, agentVersion };
    return this.#options.authority.enrol({ tokenHash: tokenHash(secret), csr, facts });
  }

  async #renew(call: ServerUnaryCall<RenewRequest, RenewResponse>): Promise<IssuedIdentity | Refusal> {
    const { trustDomain, authority, clock } = this.#options;
    const certificate = certificateOf(call, trustDomain, clock.now());
    const { uid: clusterUid } = await clusterOf(certificate, authority);
    if (!this.#renewals.take(clusterUid))
      throw new RelayError("RELAY_RATE_LIMITED", { retryAfterMs: 60_000 });
    if (call.request.csr.length > longestCsr) throw new RelayError("RELAY_CSR_INVALID");
    return authority.renew({ clusterUid, serial: certificate.serial, csr: call.request.csr });
  }

  async #answer(
    name: string,
    call: ServerUnaryCall<unknown, unknown>,
    ask: () => Promise<IssuedIdentity | Refusal>,
  ): Promise<IssuedIdentity> {
    try {
      const answer = await ask();
      if (!answer.ok) throw new RelayError(answer.code);
      return answer;
    } catch (error) {
      const refusal = RelayError.from(error);
      const cause = refusal.code === "RELAY_INTERNAL" ? { cause: refusal.cause } : {};
      this.#options.logger.warn(
        { call: name, peer: call.getPeer(), code: refusal.code, ...cause },
        "call refused",
      );
      throw refusal;
    }
  }
}

function asReply({ certificateChainPem, caBundlePem, renewAfterSeconds }: IssuedIdentity) {
  return { certificateChain: certificateChainPem, caBundle: caBundlePem, renewAfterSeconds };
}
