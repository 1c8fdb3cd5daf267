/**
 * Everything this package throws, by code.
 * `CSR_INVALID`: not a certificate request, its signature does not prove possession of its key, or its key is of a kind not accepted.
 * `AUTHORITY_EXPIRED`: the authority's own certificate is not valid now. `KEY_MISMATCH`: key and certificate do not belong together.
 * `KEK_UNUSABLE`: the key-encryption key is missing, malformed or readable by others. `SEAL_BROKEN`: not a sealed key, sealed by another
 * key, for another purpose, or changed since.
 */
export type TrustErrorCode =
  | "CSR_INVALID"
  | "AUTHORITY_EXPIRED"
  | "KEY_MISMATCH"
  | "KEK_UNUSABLE"
  | "SEAL_BROKEN";

/** Messages never contain key material or the text that was refused. None of these gets better by trying again. */
export class TrustError extends Error {
  override readonly name = "TrustError";
  readonly code: TrustErrorCode;
  readonly retryable = false;

  constructor(code: TrustErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
