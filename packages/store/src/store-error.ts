/** Every way in which this package refuses or fails. `retryable`: the same call may succeed later without anything being changed. */
const catalogue = {
  Conflict: { retryable: false },
  DuplicateEdit: { retryable: false },
  UnstorableText: { retryable: false },
  ClusterNameTaken: { retryable: false },
  ClusterUnknown: { retryable: false },
  EnrolmentTokenUnknown: { retryable: false },
  EnrolmentTokenExpired: { retryable: false },
  EnrolmentTokenUsed: { retryable: false },
  CertificateUnknown: { retryable: false },
  CertificateRevoked: { retryable: false },
  CertificateExpired: { retryable: false },
  CursorInvalid: { retryable: false },
  MigrationEdited: { retryable: false },
  MigrationFailed: { retryable: false },
  MigrationMissing: { retryable: false },
  DataDirectoryInUse: { retryable: true },
  EmbeddedPostgresFailed: { retryable: false },
  /** The connection was lost while the commit was under way: it may have taken effect. */
  CommitUnknown: { retryable: true },
  DatabaseUnavailable: { retryable: true },
  /** No room for what was to be written; nothing of it was. */
  DatabaseFull: { retryable: true },
  DatabaseFailed: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type StoreErrorCode = keyof typeof catalogue;

/** `code` is stable; `message` is for people and carries no secret. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  readonly retryable: boolean;

  constructor(code: StoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(scrub(message), options);
    this.name = "StoreError";
    this.code = code;
    this.retryable = catalogue[code].retryable;
  }
}

/** Passwords in connection strings never reach a message. */
function scrub(message: string): string {
  return message.replaceAll(/(\w+:\/\/[^\s:/@]*):[^\s@]*@/g, "$1:***@");
}
