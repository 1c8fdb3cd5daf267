import { createHash, randomBytes } from "node:crypto";

/** 256 random bits behind a prefix that scanners for leaked secrets can look for. */
export function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** SHA-256 in hex. Enough for secrets of full entropy, which cannot be guessed; not for passwords. */
export function secretHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
