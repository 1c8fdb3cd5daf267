import { Metadata, type ServiceError, type StatusObject, status } from "@grpc/grpc-js";

interface CatalogueEntry {
  readonly status: status;
  /** False: trying again helps only once a person did something, so agents go on at their slowest pace. */
  readonly retryable: boolean;
  readonly message: string;
}

/** Everything that goes wrong between server and agent, and the reasons of a Goodbye. Messages are fixed: nothing secret gets in. */
export const relayErrors = {
  RELAY_TOKEN_MALFORMED: {
    status: status.INVALID_ARGUMENT,
    retryable: false,
    message: "The enrolment token is malformed.",
  },
  RELAY_TOKEN_UNKNOWN: {
    status: status.UNAUTHENTICATED,
    retryable: false,
    message: "The enrolment token is not known.",
  },
  RELAY_TOKEN_USED: {
    status: status.UNAUTHENTICATED,
    retryable: false,
    message: "The enrolment token was used already.",
  },
  RELAY_TOKEN_EXPIRED: {
    status: status.UNAUTHENTICATED,
    retryable: false,
    message: "The enrolment token has expired.",
  },
  RELAY_CSR_INVALID: {
    status: status.INVALID_ARGUMENT,
    retryable: false,
    message: "The certificate request is not acceptable.",
  },
  RELAY_APPROVAL_PENDING: {
    status: status.FAILED_PRECONDITION,
    retryable: true,
    message: "The cluster waits for approval.",
  },
  RELAY_NOT_ENROLLED: {
    status: status.UNAUTHENTICATED,
    retryable: false,
    message: "There is neither a certificate nor an enrolment token.",
  },
  RELAY_CERTIFICATE_REQUIRED: {
    status: status.UNAUTHENTICATED,
    retryable: false,
    message: "A client certificate of this server's authority is required.",
  },
  RELAY_CERTIFICATE_EXPIRED: {
    status: status.UNAUTHENTICATED,
    retryable: false,
    message: "The agent's certificate has expired; enrol again with a new token.",
  },
  RELAY_CLUSTER_UNKNOWN: {
    status: status.PERMISSION_DENIED,
    retryable: false,
    message: "The cluster is not registered.",
  },
  RELAY_CLUSTER_MISMATCH: {
    status: status.PERMISSION_DENIED,
    retryable: false,
    message: "The certificate or token belongs to another cluster.",
  },
  RELAY_REVOKED: {
    status: status.PERMISSION_DENIED,
    retryable: false,
    message: "The agent's certificate was revoked.",
  },
  RELAY_VERSION_UNSUPPORTED: {
    status: status.FAILED_PRECONDITION,
    retryable: false,
    message: "The protocol versions of agent and server are more than one minor apart.",
  },
  RELAY_SUPERSEDED: {
    status: status.ABORTED,
    retryable: false,
    message: "A newer stream of the same cluster took over.",
  },
  RELAY_PROTOCOL_VIOLATION: {
    status: status.INVALID_ARGUMENT,
    retryable: false,
    message: "The peer sent what the protocol does not allow.",
  },
  RELAY_MESSAGE_TOO_LARGE: {
    status: status.RESOURCE_EXHAUSTED,
    retryable: false,
    message: "The peer sent more than the limits allow.",
  },
  RELAY_RATE_LIMITED: {
    status: status.RESOURCE_EXHAUSTED,
    retryable: true,
    message: "Too many attempts from this address.",
  },
  RELAY_OVERLOADED: {
    status: status.RESOURCE_EXHAUSTED,
    retryable: true,
    message: "The server has no memory left for large messages now.",
  },
  RELAY_TIMEOUT: {
    status: status.DEADLINE_EXCEEDED,
    retryable: true,
    message: "The peer did not answer in time.",
  },
  RELAY_REBALANCED: {
    status: status.UNAVAILABLE,
    retryable: true,
    message: "The stream reached its age limit; connect again.",
  },
  RELAY_SHUTDOWN: { status: status.UNAVAILABLE, retryable: true, message: "The server is shutting down." },
  RELAY_RENEWED: {
    status: status.OK,
    retryable: true,
    message: "The agent connects again with its new certificate.",
  },
  RELAY_STOPPED: { status: status.CANCELLED, retryable: true, message: "The agent was stopped." },
  RELAY_CLOSED: { status: status.UNAVAILABLE, retryable: true, message: "The stream is closed." },
  RELAY_UNREACHABLE: {
    status: status.UNAVAILABLE,
    retryable: true,
    message: "The server cannot be reached.",
  },
  RELAY_SERVER_UNTRUSTED: {
    status: status.UNAUTHENTICATED,
    retryable: false,
    message: "The server does not hold a certificate of the pinned authority.",
  },
  RELAY_CLOCK_SKEW: {
    status: status.UNAVAILABLE,
    retryable: false,
    message:
      "The server's certificate is not valid at this machine's time: compare the clocks of server and agent.",
  },
  RELAY_INTERNAL: {
    status: status.INTERNAL,
    retryable: true,
    message: "The request failed inside the peer.",
  },
} as const satisfies Record<string, CatalogueEntry>;

export type RelayErrorCode = keyof typeof relayErrors;

/** gRPC trailers that carry the code and, in ms, how long to stay away. */
const codeKey = "heddle-code";
const retryAfterKey = "heddle-retry-after-ms";
const longestStayAwayMs = 10 * 60_000;

export class RelayError extends Error {
  override readonly name = "RelayError";
  readonly code: RelayErrorCode;
  readonly retryable: boolean;
  /** What the peer asked for, in whole ms; 0 when it asked for nothing. */
  readonly retryAfterMs: number;

  constructor(code: RelayErrorCode, options: ErrorOptions & { readonly retryAfterMs?: number } = {}) {
    super(relayErrors[code].message, options);
    this.code = code;
    this.retryable = relayErrors[code].retryable;
    this.retryAfterMs = Math.round(Math.min(Math.max(options.retryAfterMs ?? 0, 0), longestStayAwayMs));
  }

  static from(error: unknown): RelayError {
    if (error instanceof RelayError) return error;
    return isServiceError(error)
      ? fromServiceError(error)
      : new RelayError("RELAY_INTERNAL", { cause: error });
  }

  /** What a gRPC handler answers with. */
  toStatus(): Partial<StatusObject> & { readonly code: status } {
    const metadata = new Metadata();
    metadata.set(codeKey, this.code);
    if (this.retryAfterMs > 0) metadata.set(retryAfterKey, String(this.retryAfterMs));
    return { code: relayErrors[this.code].status, details: this.message, metadata };
  }
}

export function isRelayErrorCode(code: string): code is RelayErrorCode {
  return Object.hasOwn(relayErrors, code);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "metadata" in error && "details" in error;
}

function fromServiceError(error: ServiceError): RelayError {
  const [code] = error.metadata.get(codeKey);
  const retryAfterMs = Number(error.metadata.get(retryAfterKey)[0] ?? 0) || 0;
  if (typeof code === "string" && isRelayErrorCode(code))
    return new RelayError(code, { cause: error, retryAfterMs });
  return new RelayError(unmarked(error), { cause: error });
}

/** What an error means that gRPC, or TLS below it, made by itself. */
function unmarked({ code, details }: ServiceError): RelayErrorCode {
  if (code !== status.UNAVAILABLE) return "RELAY_CLOSED";
  // OpenSSL's words; nothing else of the error says it.
  const untimely = /certificate (has expired|is not yet valid)/.test(details);
  return untimely ? "RELAY_CLOCK_SKEW" : "RELAY_UNREACHABLE";
}
