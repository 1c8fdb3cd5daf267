/** `QueueUnavailable`: Redis or PostgreSQL did not answer; the same call may succeed later. */
export type QueueErrorCode = "QueueUnavailable" | "QueueMisconfigured";

export class QueueError extends Error {
  readonly code: QueueErrorCode;
  readonly retryable: boolean;

  constructor(code: QueueErrorCode, message: string, options?: { cause?: unknown }) {
    // Passwords in connection strings never reach a message.
    super(message.replaceAll(/(\w+:\/\/[^\s:/@]*):[^\s@]*@/g, "$1:***@"), options);
    this.name = "QueueError";
    this.code = code;
    this.retryable = code === "QueueUnavailable";
  }
}
