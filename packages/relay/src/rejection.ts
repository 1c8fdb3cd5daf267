/** `TooLarge`: over the limit for one item. `Malformed`: not what it should be. */
export type RejectionCode = "TooLarge" | "Malformed";

/** One item of a message that failed alone. */
export interface Rejection {
  /** Id of a bundle or key of a fact. */
  readonly id: string;
  readonly code: RejectionCode;
  readonly message: string;
}

export function tooLarge(id: string, bytes: number, most: number): Rejection {
  return { id, code: "TooLarge", message: `It has ${bytes} bytes, the limit is ${most}.` };
}

export function malformed(id: string, message: string): Rejection {
  return { id, code: "Malformed", message };
}

/** From the wire, where a newer peer may use a code that is not known here. */
export function readRejection(received: {
  readonly id: string;
  readonly code: string;
  readonly message: string;
}): Rejection {
  const code = received.code === "TooLarge" ? "TooLarge" : "Malformed";
  return { id: received.id, code, message: received.message };
}
