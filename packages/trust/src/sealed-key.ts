import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { KeyEncryptionKey } from "./key-encryption-key.ts";
import { TrustError } from "./trust-error.ts";

/** `heddle-sealed1.<KEK id>.<nonce>.<ciphertext and tag>`, the last two in base64url. Safe to store and to back up. */
export type SealedKey = `heddle-sealed1.${string}.${string}.${string}`;

const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encrypts a private key with AES-256-GCM under a random nonce. `purpose` (a row's id and version, say) is bound in: a sealed key moved to
 * another row does not open there. To change the key-encryption key, open with the old and seal with the new one.
 */
export function sealKey(pem: string, kek: KeyEncryptionKey, purpose = ""): SealedKey {
  const nonce = randomBytes(nonceBytes);
  const encryption = createCipheriv(cipher, kek.key, nonce).setAAD(boundText(kek.id, purpose));
  const sealed = Buffer.concat([encryption.update(pem, "utf8"), encryption.final(), encryption.getAuthTag()]);
  return `heddle-sealed1.${kek.id}.${nonce.toString("base64url")}.${sealed.toString("base64url")}`;
}

/** The id of the key-encryption key that sealed it, to find keys that still have to be sealed anew. Throws `SEAL_BROKEN`. */
export function sealedBy(sealed: string): string {
  return partsOf(sealed).kekId;
}

/** Throws `SEAL_BROKEN`. */
export function openKey(sealed: string, kek: KeyEncryptionKey, purpose = ""): string {
  const { kekId, nonce, body } = partsOf(sealed);
  if (kekId !== kek.id)
    throw new TrustError(
      "SEAL_BROKEN",
      `The key was sealed by key-encryption key ${kekId}, not by ${kek.id}.`,
    );
  try {
    const decryption = createDecipheriv(cipher, kek.key, nonce)
      .setAAD(boundText(kekId, purpose))
      .setAuthTag(body.subarray(-tagBytes));
    return Buffer.concat([decryption.update(body.subarray(0, -tagBytes)), decryption.final()]).toString(
      "utf8",
    );
  } catch (cause) {
    throw new TrustError("SEAL_BROKEN", "The sealed key was changed or belongs elsewhere.", { cause });
  }
}

function partsOf(sealed: string): { kekId: string; nonce: Buffer; body: Buffer } {
  const [version, kekId = "", nonceText = "", bodyText = "", ...rest] = sealed.split(".");
  const nonce = Buffer.from(nonceText, "base64url");
  const body = Buffer.from(bodyText, "base64url");
  if (
    version !== "heddle-sealed1" ||
    nonce.length !== nonceBytes ||
    body.length <= tagBytes ||
    rest.length > 0
  )
    throw new TrustError("SEAL_BROKEN", "This is not a sealed key.");
  return { kekId, nonce, body };
}

function boundText(kekId: string, purpose: string): Buffer {
  return Buffer.from(`heddle-sealed1.${kekId}.${purpose}`, "utf8");
}
