/** Every way in which the API refuses or fails, with the HTTP status it has outside GraphQL. */
const catalogue = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_REQUEST: 400,
  CONFLICT: 409,
  UNAVAILABLE: 503,
  STORAGE_FULL: 507,
  INTERNAL: 500,
} as const satisfies Record<string, number>;

export type ServerErrorCode = keyof typeof catalogue;

/** HTTP status of a code. */
export function httpStatus(code: ServerErrorCode): number {
  return catalogue[code];
}

/** `message` is for people, says what to do and holds nothing secret. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
