/** Stable names of what can go wrong between an agent and an API server. */
export type KubeErrorCode =
  | "BadRequest"
  | "Unauthorized"
  | "Forbidden"
  | "NotFound"
  | "Conflict"
  | "Gone"
  | "TooLarge"
  | "Invalid"
  | "Throttled"
  | "ServerError"
  | "Timeout"
  | "Unreachable"
  | "Protocol";

const codeOfStatus: Readonly<Record<number, KubeErrorCode>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  408: "Timeout",
  409: "Conflict",
  410: "Gone",
  413: "TooLarge",
  422: "Invalid",
  429: "Throttled",
  504: "Timeout",
};

const retryableCodes: ReadonlySet<KubeErrorCode> = new Set([
  "Conflict",
  "Throttled",
  "ServerError",
  "Timeout",
  "Unreachable",
]);

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** `metav1.Status`, as far as it is used. */
export interface ApiStatus {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly kind?: string;
    readonly name?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
}

/** An answer that was not success, or no answer. Messages are the API server's and never hold credentials. */
export class KubeError extends Error {
  readonly code: KubeErrorCode;
  /** HTTP status, 0 when there was no answer. */
  readonly status: number;
  /** `reason` of the API server's Status, empty when it gave none. */
  readonly reason: string;
  readonly retryable: boolean;
  /** What the server asked to wait. */
  readonly retryAfterMs: number | undefined;
  readonly details: ApiStatus["details"];

  constructor(
    code: KubeErrorCode,
    message: string,
    facts: {
      status?: number;
      reason?: string;
      retryAfterMs?: number;
      details?: ApiStatus["details"];
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: facts.cause });
    this.name = "KubeError";
    this.code = code;
    this.status = facts.status ?? 0;
    this.reason = facts.reason ?? "";
    this.retryAfterMs = facts.retryAfterMs;
    this.details = facts.details;
    this.retryable = retryableCodes.has(code) || facts.retryAfterMs !== undefined;
  }

  get causes(): readonly StatusCause[] {
    return this.details?.causes ?? [];
  }
}

/** The error that a Status means, whether it came as an answer or inside a watch. */
export function errorOfStatus(status: ApiStatus, httpStatus: number, retryAfter?: string): KubeError {
  const number = status.code ?? httpStatus;
  const code = codeOfStatus[number] ?? (number >= 500 ? "ServerError" : "BadRequest");
  const seconds =
    retryAfter !== undefined && /^\d+$/.test(retryAfter)
      ? Number(retryAfter)
      : status.details?.retryAfterSeconds;
  return new KubeError(code, (status.message ?? `HTTP ${number}`).slice(0, 4096), {
    status: number,
    reason: status.reason ?? "",
    ...(seconds ? { retryAfterMs: seconds * 1000 } : {}),
    details: status.details,
  });
}

/** The error that an answer's body means: a Status, or plain text from something in between. */
export function errorOfBody(body: string, httpStatus: number, retryAfter?: string): KubeError {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "kind" in parsed && parsed.kind === "Status")
      return errorOfStatus(parsed as ApiStatus, httpStatus, retryAfter);
  } catch {
    // Not from the API server itself, or from one of its plain-text handlers.
  }
  return errorOfStatus(
    { message: body.trim().slice(0, 512) || `HTTP ${httpStatus}` },
    httpStatus,
    retryAfter,
  );
}
