import type { JsonObject } from "../json/json.ts";

/** One entry of `details.causes` of a metav1.Status. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** What an error is about: the plural (or kind, for invalid objects), its API group and the object's name. */
export interface StatusTarget {
  readonly group?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/**
 * A refused request, as the API says it: thrown inside the request's handling and written by the listener as a
 * metav1.Status with this HTTP code.
 */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly target: StatusTarget;

  constructor(code: number, reason: string, message: string, target: StatusTarget = {}) {
    super(message);
    this.name = "StatusError";
    this.code = code;
    this.reason = reason;
    this.target = target;
  }

  toStatus(): JsonObject {
    const { group, kind, name, uid, causes, retryAfterSeconds } = this.target;
    const details: JsonObject = {
      ...(name ? { name } : {}),
      ...(group ? { group } : {}),
      ...(kind ? { kind } : {}),
      ...(uid ? { uid } : {}),
      ...(causes && causes.length > 0 ? { causes: causes.map((cause) => ({ ...cause })) } : {}),
      ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
    };
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason === "" ? {} : { reason: this.reason }),
      ...(Object.keys(details).length > 0 ? { details } : {}),
      code: this.code,
    };
  }
}
