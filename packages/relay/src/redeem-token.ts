import type { RelayErrorCode } from "./relay-error.ts";

/** A one-time token as a store keeps it. Times in ms since 1970. */
export interface StoredToken {
  readonly expiresAt: number;
  readonly used?: { readonly at: number; readonly publicKey: string; readonly clusterUid: string };
}

export interface Redemption {
  readonly tokenHash: string;
  /** Pin of the request's key. */
  readonly publicKey: string;
  readonly clusterUid: string;
  readonly now: number;
}

/**
 * How long after its first use a token still answers the same key, in ms: a reply may have been lost on its way.
 */
export const redemptionWindowMs = 5 * 60_000;

/**
 * Judges a redemption by the token as it is *after* an atomic attempt to use it: the store marks it used by this redemption if and only if
 * it was unused and not expired (`UPDATE … WHERE used_at IS NULL AND expires_at > now`), then reads it. Undefined: accepted.
 */
export function redemptionProblem(
  token: StoredToken | undefined,
  redemption: Redemption,
): RelayErrorCode | undefined {
  if (!token) return "RELAY_TOKEN_UNKNOWN";
  const { used } = token;
  if (!used) return "RELAY_TOKEN_EXPIRED";
  const same = used.publicKey === redemption.publicKey && used.clusterUid === redemption.clusterUid;
  return same && redemption.now - used.at <= redemptionWindowMs ? undefined : "RELAY_TOKEN_USED";
}
